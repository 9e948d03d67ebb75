import { describe, expect, it } from "@jest/globals";
import { s3Objects } from "../../../shared/aws/s3-objects.ts";
import { ConditionFailed, KeyUnavailable } from "../../../shared/errors.ts";

type Answer = object | Error;
interface Sent {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** An S3 that answers each kind of request from a list, the last one again and again. */
function scripted(answers: Readonly<Record<string, readonly Answer[]>>) {
  const sent: Sent[] = [];
  const client = {
    async send(command: { readonly constructor: { readonly name: string }; readonly input: Sent["input"] }) {
      const name = command.constructor.name.replace(/Command$/, "");
      const list = answers[name] ?? [];
      const nth = sent.filter((one) => one.name === name).length;
      sent.push({ name, input: command.input });
      const answer = list[nth] ?? list.at(-1);
      if (answer === undefined) throw new Error(`The test did not expect ${name}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const buckets = { landing: "landing", archive: "archive" };
  const objects = s3Objects({ buckets, lockMode: "GOVERNANCE", client: client as never });
  return { objects, sent, names: () => sent.map(({ name }) => name) };
}

const fault = (name: string, httpStatusCode: number): Error =>
  Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
const lostAnswer = new Error("socket hang up");
const there = { ContentLength: 3, ETag: '"e"', VersionId: "v1" };
const from = { bucket: "landing", key: "routine/h/u/0" } as const;
const to = { bucket: "archive", key: "r/h/s/e/i/hash.dcm" } as const;
const once = { contentType: "application/dicom", kmsKeyId: "key", ifAbsent: true } as const;

describe("a copy into the locked archive", () => {
  it("is sent once when S3 did it and its answer was lost", async () => {
    const { objects, names } = scripted({ CopyObject: [lostAnswer], HeadObject: [there] });
    await expect(objects.copy(from, to, once)).rejects.toThrow(ConditionFailed);
    expect(names()).toEqual(["CopyObject", "HeadObject"]);
  });

  it("is sent again when S3 did nothing, and never without its condition", async () => {
    const { objects, sent, names } = scripted({
      CopyObject: [fault("InternalError", 500), {}],
      HeadObject: [fault("NotFound", 404)],
    });
    await objects.copy(from, to, once);
    expect(names()).toEqual(["CopyObject", "HeadObject", "CopyObject"]);
    const copies = sent.filter(({ name }) => name === "CopyObject");
    for (const { input } of copies) expect(input).toMatchObject({ IfNoneMatch: "*", BucketKeyEnabled: true });
  });

  it("says that another was there first", async () => {
    const { objects, names } = scripted({ CopyObject: [fault("PreconditionFailed", 412)] });
    await expect(objects.copy(from, to, once)).rejects.toThrow(ConditionFailed);
    expect(names()).toEqual(["CopyObject"]);
  });
});

describe("an object whose key is in the way", () => {
  it.each(["KMS.DisabledException", "KMS.KMSInvalidStateException", "KMS.NotFoundException"])(
    "cannot be read when KMS says %s",
    async (code) => {
      const { objects } = scripted({ GetObject: [fault(code, 400)] });
      await expect(objects.read(from)).rejects.toThrow(KeyUnavailable);
    },
  );

  it.each(["KMS.ThrottlingException", "KMS.KMSInternalException", "KMS.DependencyTimeoutException"])(
    "is asked for again when KMS says %s",
    async (code) => {
      const body = { Body: { transformToByteArray: async () => new Uint8Array([1]) } };
      const { objects, names } = scripted({ GetObject: [fault(code, 400), body] });
      expect(await objects.read(from)).toEqual(new Uint8Array([1]));
      expect(names()).toEqual(["GetObject", "GetObject"]);
    },
  );

  it("is described by its key's name when its checksum may not be seen", async () => {
    const { objects, sent } = scripted({ HeadObject: [fault("Forbidden", 403), { SSEKMSKeyId: "theirs" }] });
    await expect(objects.head(from)).rejects.toMatchObject({ name: "KeyUnavailable", kmsKeyId: "theirs" });
    expect(sent.map(({ input }) => input.ChecksumMode)).toEqual(["ENABLED", undefined]);
  });

  it("is not taken for absent when nothing of it may be seen", async () => {
    const { objects } = scripted({
      HeadObject: [fault("Forbidden", 403)],
      GetObject: [fault("AccessDenied", 403)],
    });
    await expect(objects.head(from)).rejects.toMatchObject({ name: "ServiceFault", code: "AccessDenied" });
  });
});
