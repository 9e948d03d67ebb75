import { describe, expect, it } from "@jest/globals";
import { keyState } from "../../../shared/access/key-state.ts";
import { originalOf } from "../../../shared/catalog/original-of.ts";
import { checkOriginals, readInstances } from "../../../shared/report/evidence.ts";
import { retrieveInstance } from "../../../shared/retrieve/redirect.ts";
import { clinic } from "../../support/clinic.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryDownloadSigner } from "../../support/memory/download-signer.ts";
import { user } from "../../support/principals.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";

const path = { seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };

/** An archived image whose key shows something else now, as Object Lock allows. */
async function hidden() {
  const here = await clinic();
  const bytes = sliceFile();
  const { landed } = await here.send([bytes]);
  await here.ingest(landed[0]);
  const study = { ...here.hospital, studyUid: "1.2.826.1" };
  const { bucket, key } = originalOf({ ...study, ...path, sha256: sha256Hex(bytes) });
  await here.objects.put({ bucket, key }, new Uint8Array(3), { contentType: "text/plain" });
  await here.objects.delete({ bucket, key });
  return { here, bytes, study };
}

describe("an original whose key was written over or deleted after it was locked", () => {
  it("is still what a reader downloads", async () => {
    const { here, bytes, study } = await hidden();
    const { table, objects, clock, keyService } = here;
    const principal = user("radiologist", here.hospital.hospital);
    const downloads = memoryDownloadSigner(objects, clock);
    const grant = {
      ...testGrant({ principal, action: "retrieveInstance", table, objects, clock, study }),
      downloads,
    };
    const retrieval = { grant, clock, keyState: keyState(keyService, clock), accept: "application/dicom" };
    const url = await retrieveInstance(retrieval, path);
    expect((await downloads.openUrl(url)).body).toEqual(bytes);
  });

  it("is still what a signed report is verified against", async () => {
    const { here, study } = await hidden();
    const present = await readInstances(here.table, study);
    expect(await checkOriginals(here.objects, study, present, present)).toEqual({ altered: [], missing: [] });
  });
});
