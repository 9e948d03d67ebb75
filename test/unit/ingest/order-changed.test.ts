/** The order of a photograph is cancelled or corrected after a worker died over it: whose the photograph is then. */
import { describe, expect, it } from "@jest/globals";
import type { InstanceItem, StudyItem } from "../../../shared/catalog/items.ts";
import { archivedOf, originalOf } from "../../../shared/catalog/original-of.ts";
import { readHeader } from "../../../shared/dicom/read.ts";
import { Transient } from "../../../shared/errors.ts";
import { releaseQuarantined } from "../../../shared/ingest/release-quarantined.ts";
import { auditLedger } from "../../../shared/ledger/audit-ledger.ts";
import { isSuperseded } from "../../../shared/object-notes.ts";
import type { ObjectRef } from "../../../shared/ports.ts";
import { manifestFile, type Sent } from "../../support/clinic.ts";
import { jpegPhotograph } from "../../support/film.ts";
import { Killed, mortal } from "../../support/mortal-worker.ts";
import { type OrderDesk, orderDesk } from "../../support/order-desk.ts";
import { sliceFile } from "../../support/slices.ts";
import { wantedOrder } from "../../support/wanted-order.ts";

interface Sending {
  readonly desk: OrderDesk;
  readonly sent: Sent;
  readonly first: string;
  readonly other: string;
}

async function sending(): Promise<Sending> {
  const desk = await orderDesk();
  const first = (await desk.order({ accession: "A-1", patientId: "P-A", name: [{ text: "王小东" }] })).id;
  const other = (await desk.order({ accession: "B-1", patientId: "P-B", name: [{ text: "李娜" }] })).id;
  const bytes = await jpegPhotograph();
  const file = { ...manifestFile(bytes, "film/0.jpg"), orderId: first };
  return { desk, first, other, sent: await desk.here.send([bytes], { files: [file] }) };
}

/** True where the worker lived. */
async function ingestAndDie({ desk: { here }, sent }: Sending, dieAt: number, done: boolean) {
  const { table, objects } = mortal({ table: here.table, objects: here.objects }, { dieAt, done });
  const lived = await here.ingest(sent.landed[0], { table, objects }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Killed || error instanceof Transient) return false;
      throw error;
    },
  );
  here.clock.advance(61_000);
  return lived;
}

const ingest = ({ desk, sent }: Sending) => desk.here.ingest(sent.landed[0], { table: desk.stream.table });

async function put({ desk, first }: Sending, body: object): Promise<number> {
  return (await desk.ask({ method: "PUT", path: `/v1/orders/${first}`, body })).status;
}
const revoke = async (here: Sending) =>
  put(here, { ...(await here.desk.get(here.first)), status: "revoked" });
const correct = (here: Sending) =>
  put(here, wantedOrder({ accession: "A-1", patientId: "P-C", name: [{ text: "赵敏" }] }));

function release({ desk: { here, stream }, sent }: Sending, orderId: string) {
  const grant = { ...here.grant("releaseQuarantinedFile"), table: stream.table };
  return releaseQuarantined(grant, here.clock, { uploadId: sent.uploadId, fileId: "0" }, orderId);
}

async function patientIn({ desk }: Sending, ref: ObjectRef): Promise<unknown> {
  const bytes = await desk.here.objects.read(ref);
  const header = readHeader(bytes, { totalSize: bytes.length });
  if ("needBytes" in header) throw new Error("The whole file was given");
  return header.dataset["00100020"]?.Value?.[0];
}

/** One object counts, of this patient and linked to this order; what a dead worker archived says that it does not. */
async function expectOnly(here: Sending, patientId: string, orderId: string): Promise<void> {
  await here.desk.follow();
  const { table, objects } = here.desk.here;
  const ofType = <T>(type: string) => table.items().filter((item) => item.type === type) as unknown as T[];
  const [instance, ...more] = ofType<InstanceItem>("instance");
  expect(more).toEqual([]);
  if (!instance) throw new Error("Nothing is indexed");
  const study = ofType<StudyItem>("study").find(({ studyUid }) => studyUid === instance.studyUid);
  expect(study).toMatchObject({ patientId, orderId });
  expect(await patientIn(here, originalOf(instance))).toBe(patientId);
  const counting = archivedOf(instance).map(({ key }) => key);
  for (const key of objects.keys("archive")) {
    const ref = { bucket: "archive", key } as const;
    expect([key, isSuperseded(await objects.tagsOf(ref))]).toEqual([key, !counting.includes(key)]);
  }
  here.desk.here.clock.advance(24 * 60 * 60 * 1000);
  const { violations } = await auditLedger(here.desk.here.grant("auditLedger"), here.desk.here.clock, {});
  expect(violations.filter(({ check }) => check === "indexed" || check === "claimed")).toEqual([]);
}

/** Wherever the worker dies before it is done. */
async function atEachChange(check: (here: Sending) => Promise<void>): Promise<void> {
  for (const done of [false, true])
    for (let dieAt = 1; ; dieAt++) {
      const here = await sending();
      if (await ingestAndDie(here, dieAt, done)) break;
      expect(dieAt).toBeLessThan(60);
      if ((await here.desk.here.ledger(here.sent.uploadId)).files[0]?.state === "indexed") continue;
      await check(here).catch((cause: unknown) => {
        throw new Error(`dead at change ${dieAt}, done: ${done}: ${String(cause)}`, { cause });
      });
    }
}

describe("a photograph whose worker died, wherever it did", () => {
  it("belongs to the order it is released for, once the first one is cancelled", () =>
    atEachChange(async (here) => {
      expect(await revoke(here)).toBe(200);
      expect(await ingest(here)).toBe("quarantined");
      await release(here, here.other);
      expect(await ingest(here)).toBe("indexed");
      await expectOnly(here, "P-B", here.other);
    }));

  it("has the identity its order was corrected to", () =>
    atEachChange(async (here) => {
      expect(await correct(here)).toBe(200);
      expect(await ingest(here)).toBe("indexed");
      await expectOnly(here, "P-C", here.first);
    }));

  it("counts again where its order is cancelled and then is not", () =>
    atEachChange(async (here) => {
      const before = await here.desk.get(here.first);
      expect(await revoke(here)).toBe(200);
      expect(await ingest(here)).toBe("quarantined");
      expect(await put(here, before)).toBe(200);
      await release(here, here.first);
      expect(await ingest(here)).toBe("indexed");
      await expectOnly(here, "P-A", here.first);
    }));

  it("has the identity its order had at first, where another worker died over the corrected one", () =>
    atEachChange(async (here) => {
      const before = await here.desk.get(here.first);
      expect(await correct(here)).toBe(200);
      for (let dieAt = 1; dieAt <= 3; dieAt++) await ingestAndDie(here, dieAt, true);
      expect(await put(here, before)).toBe(200);
      expect(await ingest(here)).toBe("indexed");
      await expectOnly(here, "P-A", here.first);
    }));
});

it("a staged object that is another one's is never taken in", async () => {
  const here = await sending();
  const { objects } = here.desk.here;
  const staged = () => objects.keys("landing").find((key) => key.startsWith("converted/"));
  for (let dieAt = 1; staged() === undefined; dieAt++) await ingestAndDie(here, dieAt, true);
  await objects.put({ bucket: "landing", key: staged() as string }, sliceFile({ patientId: "P-X" }), {
    contentType: "application/dicom",
    kmsKeyId: here.desk.here.keyArn,
  });
  await expect(ingest(here)).rejects.toThrow("The staged object is another one's");
});
