/** Signed URLs of a storage that exists only in the test: good for one request, until they expire, unchanged. */
import { randomBytes } from "node:crypto";
import type { Clock, ObjectRef, SignedRequest } from "../../../shared/ports.ts";

export interface SignedRequests<Grant> {
  sign(
    method: SignedRequest["method"],
    ref: ObjectRef,
    headers: Record<string, string>,
    seconds: number,
    grant: Grant,
    query?: Readonly<Record<string, string>>,
  ): SignedRequest;
  /** The grant, when the request is the one that was signed and its time has not passed. */
  check(request: SignedRequest): Grant | undefined;
}

export function signedRequests<Grant>(clock?: Clock): SignedRequests<Grant> {
  const issued = new Map<string, { readonly request: SignedRequest; readonly grant: Grant }>();
  const now = (): number => (clock?.now() ?? new Date()).getTime();
  return {
    sign(method, { bucket, key, versionId }, headers, seconds, grant, query = {}) {
      const url = new URL(`https://storage.test/${bucket}/${key}`);
      if (versionId !== undefined) url.searchParams.set("versionId", versionId);
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      url.searchParams.set("X-Amz-Expires", String(seconds));
      url.searchParams.set("X-Amz-Signature", randomBytes(32).toString("hex"));
      const expiresAt = new Date(now() + seconds * 1000).toISOString();
      const request = { method, url: url.href, headers, expiresAt };
      issued.set(url.href, { request, grant });
      return request;
    },
    check(request) {
      const known = issued.get(request.url);
      if (!known || known.request.method !== request.method) return undefined;
      if (Date.parse(known.request.expiresAt) <= now()) return undefined;
      const sent = new Map(
        Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const same = Object.entries(known.request.headers).every(
        ([name, value]) => sent.get(name.toLowerCase()) === value,
      );
      return same ? known.grant : undefined;
    },
  };
}
