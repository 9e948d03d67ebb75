"""Starts MiniStack with eleven gaps closed, so that journeys meet what AWS would check.

What runs is therefore a modified emulator, pinned to the version it was written for (local/emulator.ts):
- policy variables such as ${aws:PrincipalTag/hospital} are replaced (they are compared as they stand otherwise);
- policy conditions on kms:EncryptionContext see the request's context (they never see a value otherwise);
- policy conditions on s3:x-amz-server-side-encryption-aws-kms-key-id see the request's key (they always deny otherwise);
- kms:CreateAlias is checked on the alias it makes (on `*` otherwise, which no narrowed policy allows);
- sqs:…Batch requests are checked as the single action that AWS knows (as actions of their own otherwise);
- a copied object gets the retention its request asks for, and none of the source's content encoding when the request
  replaces the metadata (both are as the source's otherwise);
- a copy that asks for no object under its key (If-None-Match) is refused when there is one (the header is ignored otherwise);
- a range of a named version is that range (it is the whole version otherwise);
- a table's stream outlives a restart (its readers' positions do, its records do not otherwise, so that readers miss as
  many changes as they had read before);
- schedules fire within a second (every ten seconds otherwise);
- port 443 is left alone (it is taken too otherwise, where it is free).
It also says when its state is on disk (local/emulator-state.ts): a stop waits for that.
"""

import copy
import dataclasses
import json
import logging
import os
import pathlib
import re

import ministack.app
from ministack.core import iam_actions, iam_evaluator, persistence
from ministack.services import dynamodb, eventbridge, s3, scheduler

KEY_ID_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
VARIABLE = re.compile(r"\$\{([^}]+)\}")

first_match = iam_evaluator._first_match
resource_of = iam_actions.extract_resource_arn
action_of = iam_actions.extract_iam_action
tags_of_request = iam_actions.request_tag_context
context_of_object = iam_actions._s3_object_context
copy_object = s3._copy_object
get_object = s3._get_object
state_of_tables = dynamodb.get_state
load_tables = dynamodb.load_persisted_state
save_all = ministack.app.save_all


class Unresolved(Exception):
    """The request has no value for a variable: a statement that names it does not apply."""


def replaced(value, ctx):
    if isinstance(value, list):
        return [replaced(member, ctx) for member in value]
    if isinstance(value, dict):
        return {name: replaced(member, ctx) for name, member in value.items()}
    if not isinstance(value, str) or "${" not in value:
        return value

    def found(match):
        name = match.group(1)
        if name in "*?$":
            return name
        actual = iam_evaluator._resolve_condition_key(name, ctx)
        if not isinstance(actual, str):
            raise Unresolved(name)
        return actual

    return VARIABLE.sub(found, value)


def with_variables(ctx, statements, effect):
    applying = []
    for statement in statements:
        fields = ("resources", "not_resources", "conditions")
        try:
            values = {name: replaced(getattr(statement, name), ctx) for name in fields}
        except Unresolved:
            continue
        applying.append(dataclasses.replace(statement, **values))
    return first_match(ctx, applying, effect)


def with_encryption_context(service, iam_action, body, params):
    context = tags_of_request(service, iam_action, body, params)
    if service != "kms":
        return context
    try:
        request = json.loads(body)
    except ValueError:
        return context
    pairs = request.get("EncryptionContext") or {}
    if not pairs:
        return context
    named = {f"kms:EncryptionContext:{name}".lower(): value for name, value in pairs.items()}
    return {**context, **named, "kms:EncryptionContextKeys": list(pairs)}


def with_alias(service, method, path, headers, body, params, region, account):
    if service == "kms" and headers.get("x-amz-target", "").endswith(".CreateAlias"):
        name = iam_actions._safe_json_field(body, "AliasName")
        return f"arn:aws:kms:{region}:{account}:{name}"
    return resource_of(service, method, path, headers, body, params, region, account)


def without_batch(service, *request):
    action = action_of(service, *request)
    return action.removesuffix("Batch") if service == "sqs" and action else action


def with_key_id(iam_action, query_params, path, headers):
    context = context_of_object(iam_action, query_params, path, headers)
    key_id = headers.get(KEY_ID_HEADER)
    if iam_action == "s3:PutObject" and key_id:
        context[f"s3:{KEY_ID_HEADER}"] = key_id
    return context


def with_retention(bucket, key, headers):
    there = s3._ensure_bucket(bucket)
    refused = there and s3._check_put_preconditions(headers, there["objects"].get(key))
    if refused:
        return refused
    replaces = headers.get("x-amz-metadata-directive", "").upper() == "REPLACE"
    described = {"content-encoding": "", **headers} if replaces else headers
    answer = copy_object(bucket, key, described)
    version = answer[1].get("x-amz-version-id")
    if answer[0] == 200 and version:
        s3._apply_object_lock_from_headers(bucket, key, headers, version)
    return answer


def with_range(bucket, key, headers, query=None):
    status, answered, body = get_object(bucket, key, headers, query)
    wanted = headers.get("range", "")
    if status != 200 or not wanted or not (query or {}).get("versionId"):
        return status, answered, body
    found = s3._parse_range(wanted, len(body))
    if found is None:
        refusal = s3._xml_body(s3._range_error_xml(bucket, key))
        return 416, {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}, refusal
    start, end = found
    # A checksum is of the whole, so S3 sends none with a part.
    kept = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum-")}
    kept["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    kept["Content-Length"] = str(end - start + 1)
    return 206, kept, body[start : end + 1]


def with_streams():
    streams = {"stream_records": dynamodb._stream_records, "stream_trimmed": dynamodb._stream_trimmed}
    return {**state_of_tables(), **copy.deepcopy(streams)}


def load_with_streams(data):
    load_tables(data)
    dynamodb._stream_records.update((data or {}).get("stream_records", {}))
    dynamodb._stream_trimmed.update((data or {}).get("stream_trimmed", {}))


def saying_when_done(services):
    failures = []
    watch = logging.Handler(logging.ERROR)
    watch.emit = failures.append
    persistence.logger.addHandler(watch)
    save_all(services)
    if not failures:
        home = pathlib.Path(os.environ["STATE_DIR"]).parent
        (home / "saved").touch()
        (home / "running").unlink(missing_ok=True)


ministack.app.save_all = saying_when_done
dynamodb.get_state = with_streams
dynamodb.load_persisted_state = load_with_streams
iam_evaluator._first_match = with_variables
iam_actions.extract_iam_action = without_batch
iam_actions.extract_resource_arn = with_alias
iam_actions.request_tag_context = with_encryption_context
iam_actions._s3_object_context = with_key_id
s3._copy_object = with_retention
s3._get_object = with_range
scheduler._SCHEDULE_TICK_INTERVAL = 1
eventbridge._SCHEDULER_TICK_INTERVAL = 1
ministack.app._port_is_bindable = lambda host, port: False

ministack.app.main()
