/** What people decided about files that waited: the ledger balances after it, and the archive alone brings it back. */
import { describe, expect, it } from "@jest/globals";
import type { InstanceItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { correctQuarantined } from "../../../shared/ingest/correct-quarantined.ts";
import { discardQuarantined } from "../../../shared/ingest/discard-quarantined.ts";
import { resolveConflict } from "../../../shared/ingest/resolve-conflict.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import { admin, kept, lose, loseTable, rebuild } from "../../support/rebuild.ts";
import { sha256Hex, sliceFile } from "../../support/slices.ts";
import { type WorkingHospital, workingHospital } from "../../support/working-hospital.ts";

const study = "1.2.826.7";
const image = (n: number, comment = "") =>
  sliceFile({ studyUid: study, seriesUid: `${study}.1`, sopUid: `${study}.1.${n}`, comment });
const nameless = sliceFile({ studyUid: "", seriesUid: `${study}.1`, sopUid: `${study}.1.9` });
const aDay = 24 * 60 * 60 * 1000;
const instanceOf = async ({ table, hospital }: WorkingHospital, n: number) =>
  (await table.get(
    keys.instance({ ...hospital, studyUid: study, seriesUid: `${study}.1`, sopUid: `${study}.1.${n}` }),
  )) as InstanceItem;

/** One conflict decided each way, one file corrected, one discarded, one still waiting. */
async function decided(): Promise<WorkingHospital> {
  const here = await workingHospital();
  const grant = { ...admin(here, "desk"), table: here.stream.table };
  await here.receive([image(1), image(2), image(3)]);
  here.clock.advance(60_000);
  const { uploadId } = await here.receive([
    ...[1, 2, 3].map((n) => image(n, "other")),
    ...[nameless, new Uint8Array(300), new Uint8Array(301)],
  ]);
  for (const [index, keep] of (["first", "new", "both"] as const).entries()) {
    const sopUid = `${study}.1.${index + 1}`;
    const path = { studyUid: study, sopUid, sha256: sha256Hex(image(index + 1, "other")) };
    await resolveConflict(grant, here.clock, path, { keep });
  }
  const file = (fileId: string) => ({ uploadId, fileId });
  await correctQuarantined(grant, here.clock, file("3"), { studyInstanceUid: study });
  await discardQuarantined(grant, here.clock, file("4"), "an empty file");
  await here.settle();
  here.clock.advance(aDay);
  return here;
}

describe("a hospital whose people decided about what waited", () => {
  it("has a ledger that balances", async () => {
    const here = await decided();
    const { checks, violations } = await here.audit();
    expect(violations).toEqual([]);
    // Three images, the copy of the third, the corrected one; beside them one that gave way and two that were corrected.
    expect(checks.get("original")?.examined).toBe(5 + 3);
  });

  it("is missed what it kept beside an instance", async () => {
    const here = await decided();
    const { superseded = [], ...instance } = await instanceOf(here, 2);
    const [old] = superseded as [NonNullable<InstanceItem["superseded"]>[number]];
    await here.table.write([
      {
        op: "update",
        key: keys.instance(instance),
        set: { superseded: [{ ...old, sha256: "e".repeat(64) }], correctedFrom: { sha256: "f".repeat(64) } },
      },
    ]);
    const named = (sha256: string) => expect.objectContaining({ check: "original", sha256 });
    const { violations } = await here.audit();
    expect(violations).toEqual([named("e".repeat(64)), named("f".repeat(64))]);
  });

  it("gets its catalog back from the archive alone, with what stood there before and what was corrected", async () => {
    const here = await decided();
    const images = () => kept(here).filter(({ type }) => type !== "conflict");
    const before = images();
    await loseTable(here);
    await rebuild(here);
    expect(images()).toEqual(before);
    expect((await instanceOf(here, 2)).superseded).toHaveLength(1);
    expect((await instanceOf(here, 9)).correctedFrom?.sha256).toBe(sha256Hex(nameless));
  });

  it("is asked again about the conflict whose bytes are still aside, and about no other", async () => {
    const here = await decided();
    await loseTable(here);
    await rebuild(here);
    const conflicts = here.table.items().filter(({ type }) => type === "conflict");
    expect(conflicts).toEqual([
      expect.objectContaining({ sopUid: `${study}.1.1`, sha256: sha256Hex(image(1, "other")) }),
    ]);
    expect(conflicts[0]?.resolution).toBeUndefined();
  });

  it("finds at its desk again what waits there, and nothing that was decided", async () => {
    const here = await decided();
    const waiting = () => here.table.items().filter(({ type }) => type === "quarantined-file");
    const before = waiting();
    expect(before).toHaveLength(1);
    await lose(here, ({ type }) => type === "quarantined-file" || type === "upload-file");
    await rebuild(here);
    expect(waiting()).toEqual(before);
    const key = objectKeys.quarantine(
      here.hospital,
      before[0]?.uploadId as string,
      before[0]?.fileId as string,
    );
    expect(here.objects.keys("quarantine")).toContain(key);
  });
});
