import type { DownloadSigner, ObjectStore, SignedRequest, UploadSigner } from "../../shared/ports.ts";
import { hex } from "./object-bytes.ts";

export interface SignersUnderTest {
  readonly uploads: UploadSigner;
  readonly downloads: DownloadSigner;
  readonly objects: ObjectStore;
  readonly hospital: string;
  readonly keyGroup: string;
  readonly kmsKeyId: string;
  /** Sends a signed PUT as a client would; answers the status. */
  send(request: SignedRequest, body: Uint8Array): Promise<number>;
  /** Follows a signed GET. */
  open(request: SignedRequest): Promise<{
    readonly status: number;
    readonly body: Uint8Array;
    readonly headers: Readonly<Record<string, string>>;
  }>;
  /** Lets time pass. */
  wait(seconds: number): Promise<void>;
}
export interface SignerGaps {
  /** IAM is not enforced: a session may write where its policy forbids. */
  readonly noAuthorization?: boolean;
  /** Parts under 5 MB are accepted. */
  readonly acceptsSmallParts?: boolean;
}

/** An image, and what an upload of it announces. */
export const body = new Uint8Array(Buffer.from("DICM bytes of an image"));
export const announced = { size: body.byteLength, sha256: hex(body), contentType: "application/dicom" };

export type Under = () => SignersUnderTest;
