import { describe, expect, it } from "@jest/globals";
import { readHeader } from "../../../shared/dicom/read.ts";
import { describeWithRealFiles, type RealFile } from "../../support/real-files.ts";
import { attributesOf, referenceOf } from "../../support/reference-attributes.ts";
import { headerOf, rejectionOf } from "./sample.ts";

const taken = (file: RealFile): boolean =>
  file.expected !== "reject" && !(file.acceptable.includes("reject") && rejectionOf(file.bytes()));

describeWithRealFiles("a technician sends real files", (files) => {
  it.each(files.map((file) => [file.path, file] as const))(
    "%s is taken or refused as it should be",
    (_, file) => {
      const rejection = rejectionOf(file.bytes());
      const outcomes = [file.expected, ...file.acceptable];
      if (rejection) expect(outcomes).toContain("reject");
      else expect(outcomes.some((outcome) => outcome !== "reject")).toBe(true);
    },
  );

  describe("attributes are what independent readers see", () => {
    it.each(files.filter(taken).map((file) => [file.path, file] as const))("%s", (_, file) => {
      const header = headerOf(file.bytes());
      expect(attributesOf(header.dataset)).toEqual(referenceOf(file));
      if (file.transferSyntaxUID) expect(header.transferSyntaxUid).toBe(file.transferSyntaxUID);
    });
  });

  it("reads the same from the shortest prefix it asks for as from the whole file", () => {
    for (const file of files.filter(taken)) {
      const bytes = file.bytes();
      let answer = readHeader(bytes.subarray(0, 1), { totalSize: bytes.length });
      for (let rounds = 0; "needBytes" in answer; rounds++) {
        expect(rounds).toBeLessThan(20);
        answer = readHeader(bytes.subarray(0, answer.needBytes), { totalSize: bytes.length });
      }
      const { inflated: _, pixelData: _pixels, ...rest } = answer;
      const { inflated: __, pixelData: __pixels, ...whole } = headerOf(bytes);
      expect(rest).toEqual(whole);
    }
  });

  it("makes JSON that is only JSON", () => {
    for (const file of files.filter(taken)) {
      const { dataset } = headerOf(file.bytes());
      expect(JSON.parse(JSON.stringify(dataset))).toEqual(dataset);
    }
  });
});
