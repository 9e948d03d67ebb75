import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type Part,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { STSClient } from "@aws-sdk/client-sts";
import { Problem } from "../errors.ts";
import type { HospitalUploadSigner, SignedRequest, UploadSigner } from "../ports.ts";
import { longWork } from "./patience.ts";
import { askS3, base64ToHex, hexToBase64, s3Client, writeS3 } from "./s3-client.ts";
import { encryption } from "./s3-shapes.ts";
import { type S3SigningOptions, signS3, type ToSign } from "./s3-signing.ts";
import { type Session, uploaderSessions } from "./uploader-sessions.ts";

export interface S3UploadSignerOptions extends S3SigningOptions {
  readonly uploaderRoleArn: string;
  readonly sts?: STSClient;
}

type SessionFor = (seconds: number) => Promise<Session>;

/** Signs uploads into the landing bucket with sessions of the uploader role. */
export function s3UploadSigner(options: S3UploadSignerOptions): UploadSigner {
  const sessions = uploaderSessions(options.uploaderRoleArn, options.sts);
  return {
    async forHospital(hospital, keyGroup) {
      return hospitalSigner(options, (seconds) => sessions(hospital, keyGroup, seconds));
    },
  };
}

function hospitalSigner(options: S3SigningOptions, session: SessionFor): HospitalUploadSigner {
  const bucket = options.buckets.landing;
  if (bucket === undefined) throw new Error("This function was given no landing bucket");

  async function sign(request: Omit<ToSign, "method" | "bucket" | "credentials">): Promise<SignedRequest> {
    const { credentials, expiresAt } = await session(request.seconds);
    // A URL dies with the session that signed it.
    const left = Math.floor((expiresAt.getTime() - Date.now()) / 1000);
    const seconds = Math.min(request.seconds, left);
    return signS3(options, { ...request, method: "PUT", bucket: "landing", seconds, credentials });
  }
  const multipart = multipartCalls(bucket, session);

  return {
    signPut(key, { size, sha256, contentType, kmsKeyId }, seconds) {
      const headers = {
        "content-type": contentType,
        "content-length": String(size),
        "if-none-match": "*",
        "x-amz-checksum-sha256": hexToBase64(sha256),
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": kmsKeyId,
        "x-amz-server-side-encryption-bucket-key-enabled": "true",
      };
      return sign({ key, headers, seconds });
    },
    async signPart(key, multipartId, { number, size, sha256 }, seconds) {
      if (!(Number.isInteger(number) && number >= 1 && number <= 10_000)) {
        throw new RangeError("A part's number is 1 to 10000");
      }
      const headers = { "content-length": String(size), "x-amz-checksum-sha256": hexToBase64(sha256) };
      return sign({ key, headers, seconds, query: { partNumber: String(number), uploadId: multipartId } });
    },
    ...multipart,
  };
}

type MultipartCalls = Pick<
  HospitalUploadSigner,
  "createMultipart" | "listParts" | "completeMultipart" | "abortMultipart"
>;

/** The calls we make ourselves, under the hospital's own session, so that its policy holds for them too. */
function multipartCalls(bucket: string, session: SessionFor): MultipartCalls {
  let made: { readonly session: Session; readonly client: S3Client } | undefined;
  async function client(): Promise<S3Client> {
    const current = await session(0);
    if (made?.session !== current) made = { session: current, client: s3Client(current.credentials) };
    return made.client;
  }
  async function allParts(key: string, id: string): Promise<readonly Part[]> {
    const parts: Part[] = [];
    for (let marker: string | undefined = "0"; marker !== undefined; ) {
      const command: ListPartsCommand = new ListPartsCommand({
        Bucket: bucket,
        Key: key,
        UploadId: id,
        PartNumberMarker: marker,
      });
      const s3 = await client();
      const page = await askS3("ListParts", () => s3.send(command));
      parts.push(...(page.Parts ?? []));
      marker = page.IsTruncated ? page.NextPartNumberMarker : undefined;
    }
    return parts;
  }

  return {
    async createMultipart(key, { contentType, kmsKeyId }) {
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: contentType,
        ChecksumAlgorithm: "SHA256",
        ...encryption(kmsKeyId),
      });
      const s3 = await client();
      const { UploadId } = await askS3("CreateMultipartUpload", () => s3.send(command));
      if (UploadId === undefined) throw new Error("CreateMultipartUpload answered no id");
      return UploadId;
    },
    async listParts(key, multipartId) {
      return (await allParts(key, multipartId)).map((part) => ({
        number: part.PartNumber ?? 0,
        size: part.Size ?? 0,
        etag: part.ETag ?? "",
        ...(part.ChecksumSHA256 !== undefined && { sha256: base64ToHex(part.ChecksumSHA256) }),
      }));
    },
    async completeMultipart(key, multipartId) {
      const parts = await allParts(key, multipartId);
      if (parts.length === 0) throw new Problem("conflict", "No part has arrived yet");
      const command = new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: multipartId,
        IfNoneMatch: "*",
        MultipartUpload: {
          Parts: parts.map(({ PartNumber, ETag, ChecksumSHA256 }) => ({ PartNumber, ETag, ChecksumSHA256 })),
        },
      });
      const s3 = await client();
      await writeS3("CompleteMultipartUpload", () => s3.send(command, longWork));
    },
    async abortMultipart(key, multipartId) {
      const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: multipartId });
      const s3 = await client();
      await askS3("AbortMultipartUpload", () => s3.send(command));
    },
  };
}
