/** QIDO-RS at every level of the hierarchy, and what it leads to, as software of a hospital asks for it. */
import { beforeAll, describe, expect, it } from "@jest/globals";
import { eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";
import { type Part, partsOf } from "../support/multipart.ts";
import { readNativeModel } from "../support/native-xml.ts";

const technician = signedIn("technician@qinghe-county");
const radiologist = signedIn("radiologist@qinghe-county");
const patientId = `S${Date.now()}`;
const [early, late] = [newUid(), newUid()];
const root = "/dicomweb/mine";
const uids = (results: readonly Json[], tag: string) => results.map((one) => one[tag].Value[0]);

describe("a search below the studies", () => {
  beforeAll(async () => {
    const of = { patientId, patientName: "Ouyang^Xue=欧阳^雪 & <小>" };
    const files = [
      ...ctSeries(2, { ...of, studyUid: early, studyDate: "20260105" }),
      ...ctSeries(1, { ...of, studyUid: late, studyDate: "20260204" }),
      ...ctSeries(3, { ...of, studyUid: late, studyDate: "20260204" }),
    ].map((file, index) => ({ ...file, name: `${index}.dcm` }));
    await settled(technician, await send(technician, files));
    await eventually("the counts are rolled up", 60, async () => {
      const { body } = await radiologist.get(`${root}/series?PatientID=${patientId}`);
      const counts = body === "" ? [] : uids(body, "00201209");
      return counts.length === 3 && counts.reduce((sum: number, one: number) => sum + one, 0) === 6
        ? true
        : undefined;
    });
  }, 120_000);

  it("finds series in every study, the newest first, with what the study says", async () => {
    const { status, body } = await radiologist.get(`${root}/series?PatientID=${patientId}&Modality=CT`);
    expect(status).toBe(200);
    expect(uids(body, "0020000D")).toEqual([late, late, early]);
    expect(uids(body, "00080020")).toEqual(["20260204", "20260204", "20260105"]);
    expect(body[0]["00100010"].Value[0].Ideographic).toContain("欧阳");
    const { status: none } = await radiologist.get(`${root}/series?PatientID=${patientId}&Modality=MR`);
    expect(none).toBe(204);
  });

  it("finds an instance by its UID alone, and by its number in whichever study", async () => {
    const second = await radiologist.get(`${root}/instances?PatientID=${patientId}&InstanceNumber=2`);
    expect(new Set(uids(second.body, "0020000D"))).toEqual(new Set([early, late]));
    const [sopUid] = uids(second.body, "00080018");
    const { body } = await radiologist.get(`${root}/instances?SOPInstanceUID=${sopUid}`);
    expect(uids(body, "00080018")).toEqual([sopUid]);
    const [url] = uids(body, "00081190");
    expect(url).toMatch(new RegExp(`/dicomweb/mine/studies/.+/instances/${sopUid}$`));
  });

  it("goes on from page to page by the Link it was given, each instance once", async () => {
    const seen: string[] = [];
    let path = `${root}/instances?PatientID=${patientId}&limit=4`;
    for (;;) {
      const { body, headers } = await radiologist.get(path);
      seen.push(...uids(body, "00080018"));
      const [, next] = /<[^>]*\/api([^>]+)>; rel="next"/.exec(headers.get("link") ?? "") ?? [];
      if (next === undefined) break;
      expect(headers.get("warning")).toMatch(/^299 /);
      path = next;
    }
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
  });

  it("answers in XML to who asks for it, and says what there is to who asks for anything else", async () => {
    const path = `${root}/series?PatientID=${patientId}&StudyInstanceUID=${early}`;
    const accept = 'multipart/related; type="application/dicom+xml"';
    const { status, headers, body } = await radiologist.get<string>(path, { accept });
    expect(status).toBe(200);
    const [part, ...more] = partsOf(headers.get("content-type") ?? "", Buffer.from(body));
    expect([part?.head, more]).toEqual(["Content-Type: application/dicom+xml; charset=utf-8", []]);
    const attributes = readNativeModel(part?.content.toString("utf8") ?? "");
    const name = attributes.find(({ keyword }) => keyword === "PatientName");
    expect(name?.values).toContain("Ideographic GivenName: 雪 & <小>");
    const refused = await radiologist.get(path, { accept: "image/png" });
    expect(refused.status).toBe(406);
    expect(refused.body.available).toContain("application/dicom+json");
  });

  it("leads to metadata, which say the same in XML", async () => {
    const path = `${root}/studies/${early}/metadata`;
    const json = await radiologist.get(path);
    const xml = await radiologist.get<string>(path, {
      accept: 'multipart/related; type="application/dicom+xml"',
    });
    expect([json.status, xml.status]).toEqual([200, 200]);
    const parts = partsOf(xml.headers.get("content-type") ?? "", Buffer.from(xml.body));
    const sopUid = ({ content }: Part) =>
      readNativeModel(content.toString("utf8")).find(({ keyword }) => keyword === "SOPInstanceUID")
        ?.values?.[0];
    expect(parts.map(sopUid).sort()).toEqual(uids(json.body, "00080018").sort());
  });

  it("leads to the instance itself, in the envelope that clients of RetrieveURL ask for", async () => {
    const { body } = await radiologist.get(`${root}/instances?PatientID=${patientId}&limit=1`);
    const [url = ""] = uids(body, "00081190") as string[];
    const path = url.slice(url.indexOf(root));
    const accept = 'multipart/related; type="application/dicom"; transfer-syntax=*';
    for (let times = 0; times < 2; times++) {
      const answer = await radiologist.download(path, { accept });
      expect(answer.headers.get("content-type")).toMatch(/^multipart\/related; type="application\/dicom"/);
      const [part] = partsOf(answer.headers.get("content-type") ?? "", await answer.bytes());
      expect(part?.content).toEqual(Buffer.from(await (await radiologist.download(path)).arrayBuffer()));
    }
  });

  it("shows another hospital nothing of it", async () => {
    const other = signedIn("radiologist@linjiang-city");
    for (const level of ["series", "instances"])
      expect((await other.get(`${root}/${level}?PatientID=${patientId}`)).status).toBe(204);
  });
});
