/** An image gives way to other bytes of its UID while somebody chooses a character set for its study. */
import { expect, it } from "@jest/globals";
import type { InstanceItem, SeriesItem, StudyItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { originalOf } from "../../../shared/catalog/original-of.ts";
import { followChoice } from "../../../shared/characters/follow-choice.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { admin } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { workingHospital } from "../../support/working-hospital.ts";

const slice = { studyUid: "1.2.826.1", seriesUid: "1.2.826.1.1", sopUid: "1.2.826.1.1.1" };

it("does not bring back what the first image said, read a moment before", async () => {
  const here = await workingHospital();
  const key = { ...here.hospital, ...slice };
  const instance = async () => (await here.table.get(keys.instance(key))) as InstanceItem;
  const series = async () => (await here.table.get(keys.series(key))) as SeriesItem;
  await here.receive([sliceFile({ ...slice, instanceNumber: 1, bodyPart: "HEAD" })]);
  const before = await instance();
  const other = sliceFile({ ...slice, instanceNumber: 77, bodyPart: "CHEST" });
  await here.receive([other]);
  await resolveConflict(
    { ...admin(here, "desk"), table: here.stream.table },
    here.clock,
    { ...slice, sha256: sha256Hex(other) },
    { keep: "new" },
  );
  await here.settle();
  const [replaced, described] = [await instance(), await series()];
  expect(replaced).toMatchObject({ sha256: sha256Hex(other), instanceNumber: 77 });

  const study = (await here.table.get(keys.study(key))) as StudyItem;
  const chosen = { characterSet: { choice: "GB18030", by: "user:li", at: "" }, textRevision: 7 };
  await here.table.write([{ op: "update", key: keys.study(key), set: chosen }]);
  const originals = [{ instance: before, ref: originalOf(before) }];
  await followChoice({ table: here.table, objects: here.objects }, key, originals, { ...study, ...chosen });
  expect([await instance(), await series()]).toEqual([replaced, described]);
});
