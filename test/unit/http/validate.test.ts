import { describe, expect, it } from "@jest/globals";
import type * as z from "zod/mini";
import { validated } from "../../../functions/http/validate.ts";
import { consultSchemas } from "../../../shared/contract/schemas/consult.ts";
import { reportSchemas } from "../../../shared/contract/schemas/report.ts";
import { retrieveSchemas } from "../../../shared/contract/schemas/retrieve.ts";
import { shareSchemas } from "../../../shared/contract/schemas/share.ts";
import { uploadSchemas } from "../../../shared/contract/schemas/upload.ts";
import type { Problem } from "../../../shared/errors.ts";

function faultsOf(schema: z.ZodMiniType, value: unknown): readonly string[] {
  try {
    validated(schema, value, "body");
    return [];
  } catch (error) {
    const { errors } = (error as Problem).extensions as { errors: { pointer: string; detail: string }[] };
    return errors.map(({ pointer, detail }) => `${pointer}: ${detail}`);
  }
}

const file = { name: "a.dcm", size: 1, sha256: "0".repeat(64) };
const upload = uploadSchemas.createUpload.body;
const share = shareSchemas.createShare.body;

describe("a client that sent something wrong is told in words", () => {
  it.each<[string, z.ZodMiniType, unknown, string]>([
    [
      "a size of nothing",
      upload,
      { files: [{ ...file, size: 0 }] },
      "body/files/0/size: must be more than 0",
    ],
    [
      "too many openings",
      share,
      { studyUid: "1.2", maxOpenings: 1001 },
      "body/maxOpenings: must be at most 1000",
    ],
    ["an empty reason", reportSchemas.amendReport.body, { reason: "" }, "body/reason: must not be empty"],
    ["no impression", reportSchemas.createReport.body, { findings: "" }, "body/impression: is missing"],
    [
      "a passcode that is none",
      share,
      { studyUid: "1.2", passcode: "!" },
      "body/passcode: must be of this form: 4 to 12 letters and digits, told separately",
    ],
    [
      "a name that climbs",
      upload,
      { files: [{ ...file, name: "../x" }] },
      "body/files/0/name: must be of this form: Relative path with forward slashes, as the ledger will show it",
    ],
    [
      "frames from nought",
      retrieveSchemas.retrieveFrame.params,
      { scope: "mine", studyUid: "1.2", seriesUid: "1.3", sopUid: "1.4", frame: "0,1" },
      "body/frame: must be of this form: Counts from 1; several with commas between, at most a thousand",
    ],
    [
      "two files of one name",
      upload,
      { files: [file, { ...file, name: "b.dcm" }, file] },
      "body/files/2/name: is the name of files/0 too; give every file a name of its own",
    ],
  ])("about %s", (_, schema, value, sentence) => expect(faultsOf(schema, value)).toEqual([sentence]));
});

describe("a misspelt member is not taken for one left out", () => {
  it.each<[string, z.ZodMiniType, unknown]>([
    ["a link", share, { studyUid: "1.2", maxOpening: 1 }],
    ["an opening", shareSchemas.openShare.body, { token: "t", maxOpening: 1 }],
    ["an upload", upload, { files: [], maxOpening: 1 }],
    ["more files", uploadSchemas.addUploadFiles.body, { maxOpening: 1 }],
    ["a report", reportSchemas.createReport.body, { findings: "", impression: "", maxOpening: 1 }],
    ["a signature", reportSchemas.signReport.body, { maxOpening: 1 }],
    ["a consult", consultSchemas.createConsult.body, { studyUid: "1.2", toHospital: "hubin", maxOpening: 1 }],
  ])("in the request of %s", (_, schema, value) =>
    expect(faultsOf(schema, value)).toEqual(["body: has unknown members: maxOpening"]),
  );
});
