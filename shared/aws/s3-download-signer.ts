import type { DownloadSigner } from "../ports.ts";
import { environmentCredentials } from "./cloud.ts";
import { type S3SigningOptions, signS3 } from "./s3-signing.ts";

/** S3 cannot revoke a signed URL: with the authorizer's cache and clock skew, 45 s keep the promise of 60. */
const longestLife = 45;

/** Signs downloads with the function's own role; no SDK, since redirects must start fast. */
export function s3DownloadSigner(options: S3SigningOptions): DownloadSigner {
  return {
    async signGet({ bucket, key, versionId }, { seconds, contentType, filename }) {
      if (!(seconds > 0 && seconds <= longestLife)) {
        throw new RangeError(`A download URL lives at most ${longestLife} seconds`);
      }
      const query = {
        ...(versionId !== undefined && { versionId }),
        ...(contentType !== undefined && { "response-content-type": contentType }),
        // RFC 6266 §4.1 with the extended notation of RFC 8187, so that any name fits.
        ...(filename !== undefined && {
          "response-content-disposition": `attachment; filename*=UTF-8''${rfc8187(filename)}`,
        }),
      };
      const credentials = environmentCredentials();
      return signS3(options, { method: "GET", bucket, key, query, seconds: Math.ceil(seconds), credentials });
    },
  };
}

/** encodeURIComponent leaves characters that RFC 8187 §3.2.1 does not allow as they are. */
const rfc8187 = (text: string): string =>
  encodeURIComponent(text).replace(
    /['()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
