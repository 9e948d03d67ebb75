import { describe, expect, it } from "@jest/globals";
import type { Reach } from "../../../shared/access/grant.ts";
import { narrowDownloads, narrowObjects } from "../../../shared/access/narrow-objects.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { ObjectRef } from "../../../shared/ports.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { memoryObjects } from "../../support/memory/objects.ts";
import { city, ids, study, village } from "../../support/network.ts";

const sha = "a".repeat(64);
const instance = { ...study, seriesUid: ids.seriesUid, sopUid: ids.sopUid };
const refs = (key: typeof instance): readonly ObjectRef[] => [
  { bucket: "archive", key: objectKeys.original(key, sha) },
  { bucket: "derived", key: objectKeys.frame(key, sha, 1) },
  { bucket: "archive", key: objectKeys.signedReport(key, ids.reportId, 1, sha) },
  { bucket: "quarantine", key: objectKeys.conflict(key, sha) },
];
const hospitalOnly = (hospital: typeof village): readonly ObjectRef[] => [
  { bucket: "quarantine", key: objectKeys.quarantine(hospital, ids.uploadId, "0") },
  {
    bucket: "landing",
    key: objectKeys.landing({ priority: "stat", hospital: hospital.hospital, uploadId: "U", fileId: "0" }),
  },
];

const ofHospital: Reach = { hospitals: [village], studies: [], grantees: [] };
const ofStudy: Reach = { hospitals: [], studies: [study], grantees: [] };
const inCity = { ...instance, ...city };
const anotherStudy = { ...instance, studyUid: "1.2.30" };

async function reaches(reach: Reach, ref: ObjectRef): Promise<boolean> {
  const objects = memoryObjects();
  const calls = [
    narrowObjects(objects, reach).head(ref),
    narrowObjects(objects, reach).put(ref, new Uint8Array(1), { contentType: "x/y" }),
    narrowObjects(objects, reach).copy(ref, ref, { contentType: "x/y" }),
    narrowDownloads(memoryDownloadSigner(objects), reach).signGet(ref, { seconds: 45 }),
  ];
  const settled = await Promise.allSettled(calls);
  const refused = settled.filter(
    (call) => call.status === "rejected" && (call.reason as Error).name === "OutOfReach",
  );
  if (refused.length > 0 && refused.length < settled.length) throw new Error("The calls disagree");
  return refused.length === 0;
}

describe("objects narrowed to a hospital", () => {
  it.each([...refs(instance), ...refs(anotherStudy), ...hospitalOnly(village)])(
    "hold $bucket $key",
    async (ref) => {
      expect(await reaches(ofHospital, ref)).toBe(true);
    },
  );

  it.each([...refs(inCity), ...hospitalOnly(city)])("do not hold another's: $bucket $key", async (ref) => {
    expect(await reaches(ofHospital, ref)).toBe(false);
  });
});

describe("objects narrowed to a study", () => {
  it.each(refs(instance))("hold $bucket $key", async (ref) => {
    expect(await reaches(ofStudy, ref)).toBe(true);
  });

  it.each([...refs(inCity), ...refs(anotherStudy), ...hospitalOnly(village)])(
    "do not hold $bucket $key",
    async (ref) => {
      expect(await reaches(ofStudy, ref)).toBe(false);
    },
  );

  it("are listed under the study and not above it", async () => {
    const objects = narrowObjects(memoryObjects(), ofStudy);
    const above = `${study.region}/${study.hospital}/`;
    await objects.list("archive", `${above}${study.studyUid}/`);
    await expect(objects.list("archive", above)).rejects.toThrow("Out of reach");
    await expect(objects.list("archive", `${above}${study.studyUid}`)).rejects.toThrow("Out of reach");
  });
});
