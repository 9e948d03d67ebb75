import { setTimeout } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { InstanceItem } from "../../../shared/catalog/items.ts";
import { keys, prefixes, studyPartition } from "../../../shared/catalog/keys.ts";
import { queryAll } from "../../../shared/catalog/query-all.ts";
import type { CreateUploadRequest } from "../../../shared/contract/schemas/upload.ts";
import { Transient } from "../../../shared/errors.ts";
import type { IngestOutcome } from "../../../shared/ingest/outcome.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import type { ObjectRef, ObjectStore } from "../../../shared/ports.ts";
import { manifestFile, type Sent } from "../../support/clinic.ts";
import { jpegPhotograph, pdfDocument, pngPhotograph } from "../../support/film.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { defaultStudy, type OrderDesk, orderDesk } from "../../support/order-desk.ts";
import { sha256Hex } from "../../support/slices.ts";

let desk: OrderDesk;
let orderId: string;
beforeEach(async () => {
  desk = await orderDesk();
  orderId = (await desk.order({ accession: "A-1", name: [{ text: "王小东" }] })).id;
});

/** A technician sends files for the order. */
function send(files: readonly Uint8Array[], order: string | null = orderId): Promise<Sent> {
  const manifest = files.map((bytes, index) => ({
    ...manifestFile(bytes, `film/${index}.jpg`),
    ...(order !== null && { orderId: order }),
  }));
  return desk.here.send(files, { files: manifest } satisfies Partial<CreateUploadRequest>);
}
async function take({ landed }: Sent): Promise<readonly IngestOutcome[]> {
  const outcomes: IngestOutcome[] = [];
  for (const event of landed) outcomes.push(await desk.here.ingest(event, { table: desk.stream.table }));
  return outcomes;
}
const totals = async ({ uploadId }: Sent) => (await desk.here.ledger(uploadId)).totals;
async function instances(studyUid: string): Promise<readonly InstanceItem[]> {
  const pk = studyPartition({ ...desk.hospital, studyUid });
  return (await queryAll(desk.here.table, { pk, prefix: prefixes.instances() })) as readonly InstanceItem[];
}
const studyOfOrder = async (): Promise<string> => {
  const { supportingInfo = [{}] } = await desk.get(orderId);
  return (supportingInfo[0] as { identifier: { value: string } }).identifier.value.replace("urn:oid:", "");
};

describe("a photograph that was sent for no order", () => {
  it("waits, and is taken in for the order a technician names when releasing it", async () => {
    const sent = await send([await jpegPhotograph()], null);
    expect(await take(sent)).toEqual(["quarantined"]);
    const grant = { ...desk.here.grant("releaseQuarantinedFile"), table: desk.stream.table };
    const path = { uploadId: sent.uploadId, fileId: "0" };
    const nobodys = "01KAMTV8W3C2QJ6J4V4D9Y8F5N";
    await expect(releaseQuarantined(grant, desk.here.clock, path, nobodys)).rejects.toMatchObject({
      type: "invalid-request",
    });
    await releaseQuarantined(grant, desk.here.clock, path, orderId);
    expect(await take(sent)).toEqual(["indexed"]);
    await desk.follow();
    expect(await desk.study(await studyOfOrder())).toMatchObject({ patientId: "P-1", orderId });
    expect(await totals(sent)).toMatchObject({ indexed: 1, quarantined: 0, stored: 0 });
  });
});

describe("photographs of film and a report, sent for an order", () => {
  it("become objects of one study of the order's patient, and complete the order", async () => {
    const files = [await jpegPhotograph(), await pngPhotograph(), pdfDocument()];
    const sent = await send(files);
    expect(await take(sent)).toEqual(["indexed", "indexed", "indexed"]);
    await desk.follow();
    const studyUid = await studyOfOrder();
    expect(studyUid).toMatch(/^2\.25\.\d+$/);
    expect(await desk.study(studyUid)).toMatchObject({
      patientId: "P-1",
      orderId,
      attributes: { "00080050": { Value: ["A-1"] }, "00100010": { Value: [{ Ideographic: "王小东" }] } },
    });
    const made = await instances(studyUid);
    expect(made.map(({ sopClassUid }) => sopClassUid).sort()).toEqual([
      "1.2.840.10008.5.1.4.1.1.104.1",
      "1.2.840.10008.5.1.4.1.1.7",
      "1.2.840.10008.5.1.4.1.1.7",
    ]);
    expect(made.map(({ source }) => source?.sha256).sort()).toEqual(files.map(sha256Hex).sort());
    expect(await desk.codes(studyUid)).toEqual([]);
    expect(await totals(sent)).toMatchObject({ indexed: 3, quarantined: 0, stored: 0, awaiting: 0 });
  });

  it("without an accession number are still that order's, not another one's of the day", async () => {
    orderId = (await desk.order({ patientId: "P-7" })).id;
    await desk.order({ patientId: "P-7" });
    await take(await send([await jpegPhotograph()]));
    await desk.follow();
    expect(await desk.get(orderId)).toMatchObject({ status: "completed" });
    expect(await desk.study(await studyOfOrder())).toMatchObject({ orderBy: "source" });
  });

  it("of an order with a number longer than DICOM takes are that order's, under no other number", async () => {
    const accession = "HOSPITAL-2027-000017";
    orderId = (await desk.order({ accession })).id;
    await desk.order({ accession: accession.slice(0, 16) });
    await take(await send([await jpegPhotograph()]));
    await desk.follow();
    expect(await desk.get(orderId)).toMatchObject({ status: "completed" });
    const study = await desk.study(await studyOfOrder());
    expect(study).toMatchObject({ orderBy: "source", orderId });
    expect(study.attributes["00080050"]?.Value).toBeUndefined();
    expect(await desk.codes(study.studyUid)).toEqual([]);
  });

  it("go into the study that was made for the order, where there is one", async () => {
    await desk.scan({ studyDate: "20260214" });
    await desk.follow();
    await take(await send([pdfDocument()]));
    expect((await instances(defaultStudy)).map(({ sopClassUid }) => sopClassUid)).toContain(
      "1.2.840.10008.5.1.4.1.1.104.1",
    );
  });

  it("keep the photograph as it was sent, locked as long as the object that was made of it", async () => {
    const photograph = await jpegPhotograph();
    await take(await send([photograph]));
    await desk.follow();
    const archived = await desk.here.objects.keys("archive");
    const kept = archived.find((key) => key.endsWith(`${sha256Hex(photograph)}.jpg`)) as string;
    const ref = { bucket: "archive", key: kept } as const;
    expect(Buffer.from(await desk.here.objects.read(ref))).toEqual(Buffer.from(photograph));
    const object = archived.find((key) => key.endsWith(".dcm")) as string;
    const [photographHead, objectHead] = await Promise.all(
      [kept, object].map((key) => desk.here.objects.head({ bucket: "archive", key })),
    );
    expect(photographHead?.retainUntil).toEqual(objectHead?.retainUntil);
    expect(archived).toHaveLength(2);
  });

  it("are stored once, however often they are sent", async () => {
    const photograph = await jpegPhotograph();
    expect(await take(await send([photograph]))).toEqual(["indexed"]);
    desk.here.clock.advance(60_000);
    const again = await send([photograph]);
    expect(await take(again)).toEqual(["duplicate"]);
    expect(await totals(again)).toMatchObject({ duplicate: 1, conflict: 0 });
    expect(await take(again)).toEqual(["already"]);
    expect(await desk.here.objects.keys("archive")).toHaveLength(2);
  });

  it("are in memory one at a time, decoded and until they are staged", async () => {
    const { here } = desk;
    const sent = await send([
      await jpegPhotograph(),
      await pngPhotograph(),
      await jpegPhotograph({ progressive: true }),
    ]);
    const seen: string[] = [];
    const isWhole = (ref: ObjectRef, range?: object) => ref.bucket === "landing" && range === undefined;
    const objects: ObjectStore = {
      ...here.objects,
      read: async (ref, range) => {
        if (isWhole(ref, range)) seen.push("decoded");
        return here.objects.read(ref, range);
      },
      put: async (ref, ...rest) => {
        await setTimeout(20);
        await here.objects.put(ref, ...rest);
        if (ref.bucket === "landing") seen.push("staged");
      },
    };
    const taken = sent.landed.map((event) => here.ingest(event, { table: desk.stream.table, objects }));
    expect(await Promise.all(taken)).toEqual(["indexed", "indexed", "indexed"]);
    expect(seen).toEqual(["decoded", "staged", "decoded", "staged", "decoded", "staged"]);
  });

  it("are stored once when two workers make them at the same moment", async () => {
    const photograph = await jpegPhotograph();
    const [one, other] = [await send([photograph]), await send([photograph])];
    const outcomes = await Promise.all([take(one), take(other)]);
    expect(outcomes.flat().sort()).toEqual(["duplicate", "indexed"]);
  });
});

describe("a worker that dies while it makes an object", () => {
  it("leaves nothing that the next one does not finish, wherever it died", async () => {
    const photograph = await jpegPhotograph();
    let survived = false;
    for (let dieAt = 1; !survived; dieAt++) {
      desk = await orderDesk();
      orderId = (await desk.order({ accession: "A-1" })).id;
      const sent = await send([photograph]);
      const { here } = desk;
      const worker = mortal({ table: here.table, objects: here.objects }, { dieAt, done: true });
      survived = await here
        .ingest(sent.landed[0], { table: worker.table, objects: worker.objects })
        .then(() => true)
        .catch((error: unknown) => {
          if (error instanceof Killed || error instanceof Transient) return false;
          throw error;
        });
      here.clock.advance(61_000);
      expect(["indexed", "already"]).toContain((await take(sent))[0]);
      expect(await totals(sent)).toMatchObject({ indexed: 1, stored: 0 });
      expect(await here.objects.keys("archive")).toHaveLength(2);
      expect(dieAt).toBeLessThan(60);
    }
  });
});

describe("what cannot be made an object waits in quarantine, with a reason", () => {
  const reasonOf = async (sent: Sent): Promise<string | undefined> => {
    expect(await take(sent)).toEqual(["quarantined"]);
    return (await desk.here.ledger(sent.uploadId)).files[0]?.reason?.code;
  };

  it.each<[string, () => Promise<Uint8Array>]>([
    ["a photograph", jpegPhotograph],
    ["a document", async () => pdfDocument()],
  ])("%s without an order", async (_, bytes) => {
    expect(await reasonOf(await send([await bytes()], null))).toBe("needs-order");
  });

  it("a photograph for an order that was cancelled", async () => {
    const sent = await send([await jpegPhotograph()]);
    const body = { ...(await desk.get(orderId)), status: "revoked" };
    await desk.ask({ method: "PUT", path: `/v1/orders/${orderId}`, body });
    expect(await reasonOf(sent)).toBe("needs-order");
  });

  it("a photograph that was cut off", async () => {
    expect(await reasonOf(await send([(await jpegPhotograph()).subarray(0, 900)]))).toBe("source-damaged");
  });

  it("what is neither DICOM nor a photograph, order or not", async () => {
    expect(await reasonOf(await send([new TextEncoder().encode("a letter")]))).toBe("not-dicom");
  });
});

it("an upload for an order the hospital does not have is refused, and says which file", async () => {
  const stranger = "01J0RDER0000000000000000ZZ";
  await expect(send([pdfDocument(), pdfDocument("2")], stranger)).rejects.toMatchObject({
    type: "invalid-request",
    detail: "body/files/0/orderId: the hospital has no such order",
  });
  expect(await desk.here.table.get(keys.order(desk.hospital, stranger))).toBeUndefined();
});
