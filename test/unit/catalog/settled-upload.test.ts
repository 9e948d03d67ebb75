/** An upload is settled once its studies were found complete, and opens again when a file of it is taken out of quarantine. */
import { expect, it, jest } from "@jest/globals";
import { prefixes, uploadPartition } from "../../../shared/catalog/keys.ts";
import { readStudyProgress } from "../../../shared/catalog/read-study.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { type Clinic, clinic } from "../../support/clinic.ts";
import { desk } from "../../support/desk.ts";
import { sliceFile } from "../../support/slices.ts";

const studyUid = "1.2.826.1";

/** One slice that is taken in, and one that waits until its key may be used. */
async function sendWithOneWaiting(here: Clinic) {
  const slices = [1, 2].map((n) => sliceFile({ seriesUid: `${studyUid}.1`, sopUid: `${studyUid}.1.${n}` }));
  const { uploadId, landed } = await here.send(slices);
  const keyless = landed[1]?.key as string;
  await here.objects.put({ bucket: "landing", key: keyless }, slices[1] as Uint8Array, {
    contentType: "application/dicom",
    kmsKeyId: await here.keyService.createGroupKey("another"),
  });
  return { uploadId, keys: [landed[0]?.key as string, keyless] };
}

it("is settled again after a file was released at the very moment at which it was", async () => {
  const here = await clinic();
  const at = desk(here);
  const technician = at.as("technician");
  const { uploadId, keys } = await sendWithOneWaiting(here);
  for (const key of keys) await here.ingest({ key }, { table: technician.table });
  await completeUpload(here.upload, { ...here.grant("completeUpload"), table: technician.table }, uploadId);

  let released = false;
  const query = here.table.query;
  jest.spyOn(here.table, "query").mockImplementation(async (asked) => {
    const readsAll = asked.prefix === prefixes.files && asked.limit === 10_000;
    if (readsAll && asked.pk === uploadPartition(here.hospital, uploadId) && !released) {
      released = true;
      await releaseQuarantined(technician, here.clock, { uploadId, fileId: "1" });
    }
    return query(asked);
  });
  await at.follow();

  expect([released, (await at.file(uploadId, "1")).state]).toEqual([true, "indexed"]);
  const progress = await readStudyProgress(here.table, { ...here.hospital, studyUid });
  expect(progress).toMatchObject({ instances: 2, complete: true, completedBecause: "manifest" });
  expect((await here.ledger(uploadId)).upload.settledAt).toBeDefined();
});
