/** A hospital's own switch: with its key disabled nothing of it is taken in or shown; enabled again, all of it is. */
import { DisableKeyCommand, EnableKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { keyStateSeconds } from "../../shared/access/key-state.ts";
import { aws } from "../support/aws.ts";
import {
  type Answer,
  cloud,
  eventually,
  type Json,
  send,
  settled,
  sha256,
  signedIn,
} from "../support/cloud.ts";
import { groupKeyId } from "../support/group-key.ts";
import { ctInstance, newUid } from "../support/instances.ts";

const admin = signedIn("hospital-admin@linjiang-city");
const radiologist = signedIn("radiologist@linjiang-city");
const elsewhere = signedIn("technician@qinghe-county");
const kms = new KMSClient(aws);
/** A function remembers the key's state for a while; the rest is the time a request takes. */
const patience = keyStateSeconds + 5;

const studyUid = newUid();
const [seriesUid, sopUid] = [newUid(), newUid()];
const image = `/dicomweb/mine/studies/${studyUid}/series/${seriesUid}/instances/${sopUid}`;
const bytes = ctInstance({ studyUid, seriesUid, sopUid });
const content = { findings: "双肺纹理清晰。", impression: "未见异常。" };
let reportId: string;

const announce = () =>
  admin.post("/v1/uploads", { files: [{ name: "a.dcm", size: bytes.length, sha256: sha256(bytes) }] });

/** What a hospital does all day, and how each answers while its key works. */
const work: readonly (readonly [string, number, () => Promise<Answer<Json>>])[] = [
  ["announcing an upload", 201, announce],
  ["the original", 307, () => admin.get(image, { accept: "application/dicom" })],
  ["a frame", 307, () => radiologist.get(`${image}/frames/1`)],
  ["a thumbnail", 307, () => radiologist.get(`${image}/thumbnail`)],
  ["the metadata", 200, () => radiologist.get(`${image}/metadata`)],
  ["reading a report", 200, () => radiologist.get(`/v1/reports/${reportId}`)],
  ["writing a report", 201, () => radiologist.post(`/v1/studies/${studyUid}/reports`, content)],
];

const disable = async () => kms.send(new DisableKeyCommand({ KeyId: await groupKeyId("linjiang") }));
const enable = async () => kms.send(new EnableKeyCommand({ KeyId: await groupKeyId("linjiang") }));

describe("a hospital that disables its key", () => {
  beforeAll(async () => {
    await settled(admin, await send(admin, [{ name: "a.dcm", bytes }]));
    const draft = await radiologist.post(`/v1/studies/${studyUid}/reports`, content);
    reportId = draft.body.reportId;
    await eventually("thumbnail", 60, async () =>
      (await radiologist.get(`${image}/thumbnail`)).status === 307 ? true : undefined,
    );
    await disable();
  });
  afterAll(enable);

  it.each(work)(`is refused %s within ${keyStateSeconds} seconds, told why`, async (_, status, ask) => {
    const answer = await eventually("a refusal", patience, async () => {
      const given = await ask();
      return given.status === status ? undefined : given;
    });
    expect(answer).toMatchObject({
      status: 503,
      body: {
        type: `${cloud.web}/api/problems/unavailable`,
        detail: expect.stringMatching(/encryption key is disabled/),
      },
    });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
  });

  it("still finds its study in searches, for the catalog does not lie under its key", async () => {
    const { status, body } = await radiologist.get(`/dicomweb/mine/studies?StudyInstanceUID=${studyUid}`);
    expect({ status, found: body.length }).toEqual({ status: 200, found: 1 });
  });

  it("keeps nobody else from working: other hospitals have other keys", async () => {
    const other = ctInstance({ studyUid: newUid() });
    const ledger = await settled(elsewhere, await send(elsewhere, [{ name: "b.dcm", bytes: other }]));
    expect(ledger.totals).toMatchObject({ indexed: 1 });
  });
});

describe("the same hospital with its key enabled again", () => {
  beforeAll(enable);

  it.each(work)("is served %s", async (_, status, ask) => {
    await eventually("an answer", patience, async () => ((await ask()).status === status ? true : undefined));
  });
});
