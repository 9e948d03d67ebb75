"""Starts MiniStack with four gaps closed, so that journeys meet the conditions AWS would check.

What runs is therefore a modified emulator, pinned to the version it was written for (local/emulator.ts):
- policy conditions on kms:EncryptionContext see the request's context (they never see a value otherwise);
- policy conditions on s3:x-amz-server-side-encryption-aws-kms-key-id see the request's key (they always deny otherwise);
- schedules fire within a second (every ten seconds otherwise);
- port 443 is left alone (it is taken too otherwise, where it is free).
"""

import json

import ministack.app
from ministack.core import iam_actions
from ministack.services import eventbridge, scheduler

KEY_ID_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"

tags_of_request = iam_actions.request_tag_context
context_of_object = iam_actions._s3_object_context


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


def with_key_id(iam_action, query_params, path, headers):
    context = context_of_object(iam_action, query_params, path, headers)
    key_id = headers.get(KEY_ID_HEADER)
    if iam_action == "s3:PutObject" and key_id:
        context[f"s3:{KEY_ID_HEADER}"] = key_id
    return context


iam_actions.request_tag_context = with_encryption_context
iam_actions._s3_object_context = with_key_id
scheduler._SCHEDULE_TICK_INTERVAL = 1
eventbridge._SCHEDULER_TICK_INTERVAL = 1
ministack.app._port_is_bindable = lambda host, port: False

ministack.app.main()
