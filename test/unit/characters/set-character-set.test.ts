import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { applyChanges } from "../../../shared/catalog/apply-changes.ts";
import { readFindings } from "../../../shared/catalog/findings.ts";
import type { InstanceItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys, prefixes, studyPartition } from "../../../shared/catalog/keys.ts";
import { readKeptChoice } from "../../../shared/characters/keep-choice.ts";
import { setCharacterSet } from "../../../shared/characters/set-character-set.ts";
import { encodeGb18030 } from "../../../shared/dicom/gb18030-encode.ts";
import type { PersonName } from "../../../shared/dicom/json-model.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { Item, Table } from "../../../shared/ports.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { completeUpload } from "../../../shared/upload/complete-upload.ts";
import { clinic, followStream } from "../../support/clinic.ts";
import { testGrant } from "../../support/grant.ts";
import { memoryEventBus } from "../../support/memory/event-bus.ts";
import { memoryQueue } from "../../support/memory/queue.ts";
import { user } from "../../support/principals.ts";
import { sliceFile } from "../../support/slices.ts";
import { streamed } from "../../support/stream.ts";

const studyUid = "1.2.77";
/** GBK declared as Latin-1: 周^杰伦, whose bytes are ÖÜ^½ÜÂ× there. */
const [chinese, latin] = ["周^杰伦", "ÖÜ^½ÜÂ×"];
const slice = (number: number): Uint8Array =>
  sliceFile({
    studyUid,
    sopUid: `${studyUid}.1.${number}`,
    instanceNumber: number,
    characterSet: "ISO_IR 100",
    patientName: encodeGb18030(chinese),
  });

/** A study whose text was corrected by its content, with everything that follows from the table's stream. */
async function corrected(images = 3) {
  const here = await clinic();
  const stream = streamed(here.table);
  const rest = { objects: here.objects, queue: memoryQueue(), events: memoryEventBus(), clock: here.clock };
  const key = { ...here.hospital, studyUid };
  const grant = (table: Table = stream.table) => {
    const principal = user("technician", here.hospital.hospital);
    const granted = testGrant({ principal, action: "setCharacterSet", study: key, ...here });
    return { ...granted, table };
  };
  const follow = () => followStream(rest, stream);
  const send = async (files: readonly Uint8Array[]) => {
    const { uploadId, landed } = await here.send(files);
    for (const event of landed) await here.ingest(event, { table: stream.table });
    await completeUpload(here.upload, { ...here.grant("completeUpload"), table: stream.table }, uploadId);
    await follow();
  };
  await send(Array.from({ length: images }, (_, index) => slice(index + 1)));
  const study = async () => (await here.table.get(keys.study(key))) as StudyItem;
  const instances = async () => {
    const { items } = await here.table.query({ pk: studyPartition(key), prefix: prefixes.instances() });
    return items as readonly InstanceItem[];
  };
  return {
    here,
    key,
    stream,
    rest,
    send,
    follow,
    study,
    instances,
    set: (characterSet: string, table?: Table) => setCharacterSet(grant(table), here.clock, { characterSet }),
    name: async () => nameIn((await study()).attributes),
    /** Of each instance, as WADO-RS metadata answers it. */
    metadataNames: async () =>
      Promise.all(
        (await instances()).map(async (instance) => {
          const ref = { bucket: "derived", key: objectKeys.metadata(instance, instance.sha256) } as const;
          return nameIn(JSON.parse(gunzipSync(await here.objects.read(ref)).toString()));
        }),
      ),
    foundBy: async (name: string) => {
      const search = parseSearch(new URLSearchParams({ PatientName: name }), "study");
      const reader = testGrant({
        principal: user("physician", here.hospital.hospital),
        action: "searchStudies",
        ...here,
      });
      return (await searchStudies(reader, search, () => 1)).studies.length;
    },
    findings: async () =>
      (await readFindings(here.table, key))
        .filter(({ source }) => source === "characters")
        .map(({ code, values }) => ({ code, values })),
  };
}

function nameIn(attributes: Readonly<Record<string, { readonly Value?: readonly unknown[] }>>): string {
  return (attributes["00100010"]?.Value?.[0] as PersonName | undefined)?.Alphabetic ?? "";
}
/** Search items by name that point at the study. */
const nameItems = (items: readonly Item[]): readonly string[] =>
  items.filter(({ pk }) => /^FIND#.*#NAME#/.test(pk)).map(({ sk }) => sk);

describe("text that is not what the file declares", () => {
  it("is flagged on the study: what was declared, what it was read as, and of how many images", async () => {
    const { name, findings } = await corrected();
    expect(await name()).toBe(chinese);
    const values = { images: 3, declared: "ISO_IR 100", used: "GB18030" };
    expect(await findings()).toEqual([{ code: "text-corrected", values }]);
  });
});

describe("a technician who takes the correction back", () => {
  it("has study, metadata and searches as the files declare, the originals untouched, and may change it again", async () => {
    const { here, set, follow, name, metadataNames, foundBy, findings, instances } = await corrected();
    const before = (await instances()).map(({ sha256, archiveVersionId }) => [sha256, archiveVersionId]);
    expect(await set("declared")).toEqual({ studyUid, characterSet: "declared", instances: 3 });
    await follow();
    expect(await name()).toBe(latin);
    expect(await metadataNames()).toEqual([latin, latin, latin]);
    expect([await foundBy("周杰伦"), await foundBy(latin)]).toEqual([0, 1]);
    expect(await findings()).toEqual([{ code: "text-assigned", values: { choice: "declared", images: 3 } }]);
    await set("automatic");
    await follow();
    expect([await name(), ...(await metadataNames())]).toEqual([chinese, chinese, chinese, chinese]);
    expect([await foundBy("周杰伦"), await foundBy("zhou*"), await foundBy(latin)]).toEqual([1, 1, 0]);
    expect((await instances()).map(({ sha256, archiveVersionId }) => [sha256, archiveVersionId])).toEqual(
      before,
    );
    const records = here.table.items("audit").filter(({ action }) => action === "setCharacterSet");
    expect(records.map(({ detail }) => detail).toSorted()).toEqual(["automatic", "declared"]);
  });

  it("leaves no search item of the earlier text behind", async () => {
    const { here, set, follow } = await corrected();
    const original = nameItems(here.table.items("catalog")).toSorted();
    await set("declared");
    await follow();
    const changed = nameItems(here.table.items("catalog"));
    expect(changed.filter((sk) => original.includes(sk))).toEqual([]);
    await set("GB18030");
    await follow();
    expect(nameItems(here.table.items("catalog")).toSorted()).toEqual(original);
  });

  it("has images that come later read the same way", async () => {
    const { set, follow, send, metadataNames } = await corrected();
    await set("declared");
    await follow();
    await send([slice(4)]);
    expect(await metadataNames()).toEqual([latin, latin, latin, latin]);
  });

  it("finds the choice kept beside the originals", async () => {
    const { here, key, set, follow } = await corrected();
    expect(await readKeptChoice(here.objects, key)).toEqual({ choice: "automatic", textRevision: 0 });
    await set("declared");
    await follow();
    expect(await readKeptChoice(here.objects, key)).toMatchObject({ choice: "declared", textRevision: 1 });
  });

  it("leaves a study under its order's patient there, and what its images say follows", async () => {
    const { here, key, stream, set, follow, study, foundBy } = await corrected();
    const { attributes, patientId, nameKeys } = await study();
    const shown = { ...attributes, "00100010": { vr: "PN", Value: [{ Alphabetic: "Li^Si" }] } };
    const original = { attributes, patientId, nameKeys };
    const correctedIdentity = { by: "user:admin", at: "2027-03-01T08:00:00.000Z", original };
    const order = { attributes: shown, patientId: "P-9", nameKeys: ["lisi", "li", "si"], correctedIdentity };
    await stream.table.write([{ op: "update", key: keys.study(key), set: order }]);
    await follow();
    await set("declared");
    await follow();
    const now = await study();
    expect([nameIn(now.attributes), now.patientId]).toEqual(["Li^Si", "P-9"]);
    expect(nameIn(now.correctedIdentity?.original.attributes ?? {})).toBe(latin);
    expect([await foundBy("lisi"), await foundBy(latin)]).toEqual([1, 0]);
    expect(nameItems(here.table.items("catalog")).every((sk) => /^(lisi|li|si)#/.test(sk))).toBe(true);
  });

  it("is told of a name that is no character set", async () => {
    const { set, study } = await corrected();
    await expect(set("EBCDIC")).rejects.toMatchObject({ type: "invalid-request" });
    expect((await study()).textRevision).toBeUndefined();
  });
});

describe("while the text changes", () => {
  it("the study is found by the name it shows, at every moment", async () => {
    const { here, key, set, stream, rest, foundBy, name } = await corrected();
    await set("declared");
    const looked: string[] = [];
    const table: Table = {
      ...stream.table,
      async write(writes) {
        await stream.table.write(writes);
        const shown = await name();
        expect([shown, await foundBy(shown)]).toEqual([shown, 1]);
        looked.push(shown);
      },
    };
    await applyChanges({ ...rest, table }, stream.drain());
    expect(new Set(looked)).toEqual(new Set([chinese, latin]));
    expect(await here.table.get(keys.study(key))).not.toHaveProperty("formerFind");
  });

  it("a stream that dies at any write and comes again ends the same", async () => {
    for (let dieAt = 1; dieAt < 60; dieAt++) {
      const { here, set, stream, rest, follow, name, study } = await corrected();
      await set("declared");
      const changes = stream.drain();
      let writes = 0;
      const table: Table = {
        ...stream.table,
        async write(all) {
          if (++writes === dieAt) throw new Error("killed");
          if (writes > dieAt) throw new Error("dead");
          await stream.table.write(all);
        },
      };
      const failure = await applyChanges({ ...rest, table }, changes);
      await applyChanges({ ...rest, table: stream.table }, changes);
      await follow();
      expect(await name()).toBe(latin);
      const { pendingText, formerFind } = await study();
      expect([pendingText, formerFind]).toEqual([undefined, undefined]);
      const chineseKeys = nameItems(here.table.items("catalog")).filter((sk) => sk.includes("杰"));
      expect(chineseKeys).toEqual([]);
      if (failure === undefined) return expect(dieAt).toBeGreaterThan(10);
    }
    throw new Error("it never survived");
  });

  it("two who choose at once leave everything as one of them chose", async () => {
    const { set, follow, name, metadataNames, study } = await corrected();
    const ended = await Promise.allSettled([set("declared"), set("GB18030")]);
    await follow();
    expect(ended.some(({ status }) => status === "fulfilled")).toBe(true);
    const { characterSet } = await study();
    const shown = characterSet?.choice === "declared" ? latin : chinese;
    expect([await name(), ...(await metadataNames())]).toEqual([shown, shown, shown, shown]);
  });

  it("an image that is ingested meanwhile ends as the study says", async () => {
    const { here, set, follow, stream, metadataNames } = await corrected();
    const { landed } = await here.send([slice(4)]);
    let chose = false;
    const table: Table = {
      ...stream.table,
      // Between its look at the choice and its commit: the image is not among those that are set.
      async get(key, options) {
        const item = await stream.table.get(key, options);
        if (!chose && key.sk === "STUDY" && !options?.consistent) {
          chose = true;
          await set("declared");
        }
        return item;
      },
    };
    await here.ingest(landed[0], { table });
    await follow();
    expect(chose).toBe(true);
    expect(await metadataNames()).toEqual([latin, latin, latin, latin]);
  });
});
