/** API Gateway takes 10 MB and Lambda answers 6 MB; no emulator minds either. */
import { randomUUID } from "node:crypto";
import { expect, it } from "@jest/globals";
import type { FilesReply, Ledger } from "../../../shared/contract/schemas/upload.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import { describeOnAws } from "../../support/aws.ts";
import { type Answer, signedIn } from "../../support/cloud.ts";

const technician = signedIn("technician@xinghe-village");
const { filesPerRequest } = uploadLimits;
/** Three bytes a character: with it the request stays just within what our functions read. */
const nameLength = 300;

/** As many files as one request may announce, with names that make its answer as large as any. */
const largestManifest = (): object[] =>
  Array.from({ length: filesPerRequest }, (_, index) => ({
    name: `${index}-`.padEnd(nameLength, "影"),
    size: 1024,
    sha256: index.toString(16).padStart(64, "0"),
  }));

/** Page by page, each as large as one answer may be. */
async function filesInLedger(uploadId: string): Promise<number> {
  let files = 0;
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const query: string = `limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body }: Answer<Ledger> = await technician.get(`/v1/uploads/${uploadId}?${query}`);
    expect(status).toBe(200);
    files += body.files.length;
    cursor = body.next;
  }
  return files;
}

describeOnAws("the gateway's limits", () => {
  it("let the largest announcement in, and its signed URLs and ledger out", async () => {
    const { status, body } = await technician.post<FilesReply>(
      "/v1/uploads",
      { files: largestManifest() },
      { "idempotency-key": randomUUID() },
    );
    expect({ status, files: body.files?.length }).toEqual({ status: 201, files: filesPerRequest });
    expect(await filesInLedger(body.uploadId)).toBe(filesPerRequest);
  }, 120_000);

  it("answer a request of more than 10 MB with 413 and a problem document", async () => {
    const { status, headers, body } = await technician.post("/v1/uploads", {
      files: [],
      padding: "x".repeat(10.5 * 1024 ** 2),
    });
    expect(status).toBe(413);
    expect(headers.get("content-type")).toContain("application/problem+json");
    expect(body).toMatchObject({ type: expect.stringMatching(/\/problems\/too-large$/), status: 413 });
  }, 120_000);
});
