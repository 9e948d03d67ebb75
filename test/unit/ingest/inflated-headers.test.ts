/** Small deflated files (PS3.5 §A.5) whose data set is many times larger before its pixels. */
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import type { SQSEvent } from "aws-lambda";
import { handler } from "../../../functions/ingest/on-object-landed.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { DicomRejected } from "../../../shared/dicom/rejected.ts";
import { type WriteElement, writePart10 } from "../../../shared/dicom/write.ts";
import { withLandedHeader } from "../../../shared/ingest/read-landed-header.ts";
import { identity, rejectionOf } from "../dicom/sample.ts";

const mebibyte = 1024 * 1024;

/** Zeros in a private element, then pixels that do not pack, so that the file is not out of proportion. */
function deflated(zeros: number): Uint8Array {
  const elements: readonly WriteElement[] = [
    ...identity,
    { tag: "00290010", vr: "LO", value: "X" },
    { tag: "00291001", vr: "OB", value: new Uint8Array(zeros) },
    { tag: "7FE00010", vr: "OW", value: randomBytes(mebibyte + 200_000) },
  ];
  const file = Buffer.from(writePart10(elements, { transferSyntaxUid: "1.2.840.10008.1.2.1.99" }));
  const start = 144 + file.readUInt32LE(140);
  return Buffer.concat([file.subarray(0, start), deflateRawSync(file.subarray(start))]);
}

const objectsOf = (bytes: Uint8Array) => ({
  read: async (_: unknown, { offset, length } = { offset: 0, length: bytes.length }) =>
    bytes.subarray(offset, offset + length),
  stream: () => Promise.reject(new Error("Nothing is streamed")),
});
const ref = { bucket: "landing", key: "k" } as const;

describe("a header that inflates to many times its file", () => {
  it("is refused beyond what a header may take, as one that is not deflated", () => {
    const bytes = deflated(200 * mebibyte);
    expect(bytes.length).toBeLessThan(2 * mebibyte);
    expect(rejectionOf(bytes)).toMatchObject({ code: "header-limit" });
    expect(rejectionOf(bytes)?.offset).toBeGreaterThan(0);
  });

  it("is found where more pixels than may be held inflate behind it", () => {
    const pixels = Buffer.alloc(160 * mebibyte, 1);
    const file = Buffer.from(
      writePart10(
        [...identity, { tag: "7FE00010", vr: "OW", value: Buffer.concat([pixels, randomBytes(mebibyte)]) }],
        {
          transferSyntaxUid: "1.2.840.10008.1.2.1.99",
        },
      ),
    );
    const start = 144 + file.readUInt32LE(140);
    const bytes = Buffer.concat([file.subarray(0, start), deflateRawSync(file.subarray(start))]);
    const header = readHeader(bytes, { totalSize: bytes.length });
    expect(header).toMatchObject({ pixelData: { length: 161 * mebibyte } });
  });

  it("is worked on one at a time, and kept by nobody", async () => {
    const bytes = deflated(20 * mebibyte);
    let [now, most] = [0, 0];
    const one = withLandedHeader.bind(undefined, objectsOf(bytes), ref, bytes.length);
    const works = Array.from({ length: 5 }, () =>
      one(async (read) => {
        if (read instanceof DicomRejected) throw read;
        most = Math.max(most, ++now);
        await setImmediate();
        now--;
        return "inflated" in read.header;
      }),
    );
    expect(await Promise.all(works)).toEqual(Array.from({ length: 5 }, () => false));
    expect(most).toBe(1);
  });

  it("waits for no other where it is small once inflated", async () => {
    const bytes = deflated(1000);
    const { promise, resolve } = Promise.withResolvers<void>();
    let inside = 0;
    const works = Array.from({ length: 2 }, () =>
      withLandedHeader(objectsOf(bytes), ref, bytes.length, async () => {
        if (++inside === 2) resolve();
        await promise;
      }),
    );
    await Promise.all(works);
    expect(inside).toBe(2);
  });
});

it("messages that came to nothing twice are worked on one by one: whichever ends the process takes no others along", async () => {
  let later = false;
  const alone: boolean[] = [];
  const Records = [0, 1].map((id) => ({
    messageId: String(id),
    attributes: { ApproximateReceiveCount: "3" },
    get body() {
      alone.push(later);
      queueMicrotask(() => {
        later = true;
      });
      return "{}";
    },
  }));
  await handler({ Records } as unknown as SQSEvent, {} as never);
  expect(alone).toEqual([false, true]);
});
