import type { Clock, DownloadSigner, ObjectRef, ObjectStore, SignedRequest } from "../../../shared/ports.ts";
import { signedRequests } from "./signed-requests.ts";

export interface Download {
  readonly status: number;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}
export interface MemoryDownloadSigner extends DownloadSigner {
  /** What a client that follows the URL gets. */
  open(request: SignedRequest): Promise<Download>;
  /** Follows a URL as found in a Location header. */
  openUrl(url: string): Promise<Download>;
}

interface Grant {
  readonly ref: ObjectRef;
  readonly headers: Readonly<Record<string, string>>;
}

export function memoryDownloadSigner(
  objects: Pick<ObjectStore, "head" | "read">,
  clock?: Clock,
): MemoryDownloadSigner {
  const requests = signedRequests<Grant>(clock);
  async function open(request: SignedRequest): Promise<Download> {
    const grant = requests.check(request);
    if (!grant) return { status: 403, body: new Uint8Array(), headers: {} };
    const head = await objects.head(grant.ref);
    if (!head) return { status: 404, body: new Uint8Array(), headers: {} };
    const headers = { "content-type": head.contentType ?? "binary/octet-stream", ...grant.headers };
    return { status: 200, body: await objects.read(grant.ref), headers };
  }
  return {
    async signGet(ref, { seconds, contentType, filename }) {
      if (!(seconds > 0 && seconds <= 45)) throw new RangeError("A download URL lives at most 45 seconds");
      const headers = {
        ...(contentType !== undefined && { "content-type": contentType }),
        ...(filename !== undefined && {
          "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(filename)}`,
        }),
      };
      return requests.sign("GET", ref, {}, seconds, { ref, headers });
    },
    open,
    openUrl: (url) => open({ method: "GET", url, headers: {}, expiresAt: "" }),
  };
}
