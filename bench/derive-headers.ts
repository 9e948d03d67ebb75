/** Derivation of a file that is made up as it is read. What derive writes is dropped. */
import { keys } from "../shared/catalog/keys.ts";
import { deriveInstance } from "../shared/derive/derive-instance.ts";
import type { ObjectStore } from "../shared/ports.ts";
import { fixedClock } from "../test/support/memory/clock.ts";
import { memoryObjects } from "../test/support/memory/objects.ts";
import { memoryTable } from "../test/support/memory/table.ts";
import type { Landed } from "./landed-file.ts";

const key = { region: "r", hospital: "h", studyUid: "2.25.1", seriesUid: "2.25.2", sopUid: "2.25.3" };

/** Answers what its thumbnail is. Called several times at once it is a batch of the derive queue. */
export async function deriveSideBySide(landed: Landed): Promise<string> {
  const { size, sha256 } = landed.stored;
  const clock = fixedClock();
  const table = memoryTable();
  const all = { offset: 0, length: size };
  const objects: ObjectStore = {
    ...memoryObjects({ clock }),
    read: async (_, range = all) => landed.bytes(range),
    stream: async (_, range = all) => landed.stream(range),
    put: async () => undefined,
  };
  const item = { type: "instance", ...keys.instance(key), ...key, sha256, size, keyArn: "k" };
  await table.write([{ op: "put", item: { ...item, sopClassUid: "", transferSyntaxUid: "" } }]);
  const derived = await deriveInstance({ table, objects, clock }, { ...key, sha256 });
  return derived?.thumbnail ?? "not found";
}
