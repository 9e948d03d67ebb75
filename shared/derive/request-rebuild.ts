/** Asks for derivation again: of an instance, a series, a study, or everything a hospital holds. */
import type { Grant } from "../access/grant.ts";
import type { InstanceItem } from "../catalog/items.ts";
import {
  type HospitalKey,
  prefixes,
  type StudyKey,
  searchPartitions,
  studyPartition,
} from "../catalog/keys.ts";
import { queryAll } from "../catalog/query-all.ts";
import type { RebuildReply, RebuildRequest } from "../contract/schemas/catalog.ts";
import { Problem } from "../errors.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { Item, Key, Queue, Table } from "../ports.ts";
import { requestCatalog } from "../rebuild/request-catalog.ts";
import { deriveMessageOf } from "./derive-message.ts";

/** One request queues about this many, a whole study at a time, so that it answers within the gateway's time. */
const instancesPerRequest = 2000;
const studiesPerPage = 100;

/** Answers how many instances were queued, and `next` where a hospital holds more than one request walks. */
export async function requestRebuild(
  grant: Grant,
  queue: Queue,
  { catalog, studyUid, seriesUid, sopUid, cursor }: RebuildRequest,
): Promise<RebuildReply> {
  const { hospital } = grant;
  if (!hospital) throw new Problem("invalid-request", "Name the hospital with ?hospital=.");
  if (studyUid === undefined && (seriesUid ?? sopUid) !== undefined)
    throw new Problem("invalid-request", "Name the study of the series or instance too.");
  if (catalog && seriesUid !== undefined)
    throw new Problem("invalid-request", "A catalog is made again for a whole study or a whole hospital.");
  await grant.audit({
    hospital,
    ...(studyUid !== undefined && { studyUid }),
    ...(seriesUid !== undefined && { seriesUid }),
    ...(sopUid !== undefined && { sopUid }),
  });
  if (catalog) return requestCatalog({ hospital, objects: grant.objects }, queue, { studyUid, cursor });
  if (studyUid === undefined) return rebuildEverything(grant, queue, hospital, cursor);
  const instances = await instancesOf(grant.table, { ...hospital, studyUid }, seriesUid);
  const wanted = instances.filter((instance) => sopUid === undefined || instance.sopUid === sopUid);
  if (wanted.length === 0) throw new Problem("not-found", "There is nothing of this to derive from.");
  return { queued: await send(queue, wanted) };
}

/** Walks the catalog month by month, study by study: each page costs the same at any size. */
async function rebuildEverything(
  { table }: Grant,
  queue: Queue,
  hospital: HospitalKey,
  cursor: string | undefined,
): Promise<RebuildReply> {
  let position = cursor === undefined ? undefined : decode(cursor);
  let queued = 0;
  for (const month of await monthsFrom(table, hospital, position?.month)) {
    const pk = searchPartitions.month(hospital, month);
    let after: Key | undefined = position?.month === month ? { pk, sk: position.study } : undefined;
    do {
      const page = await table.query({ pk, limit: studiesPerPage, ...(after && { after }) });
      for (const { sk, studyUid } of page.items) {
        queued += await send(queue, await instancesOf(table, { ...hospital, studyUid: studyUid as string }));
        if (queued >= instancesPerRequest) return { queued, next: encode({ month, study: sk }) };
      }
      after = page.next;
    } while (after);
    position = undefined;
  }
  return { queued };
}

async function monthsFrom(table: Table, hospital: HospitalKey, first = "000000"): Promise<readonly string[]> {
  const pk = searchPartitions.months(hospital);
  return (await queryAll(table, { pk, between: [first, "999999"] })).map(({ sk }) => sk);
}

async function instancesOf(
  table: Table,
  study: StudyKey,
  seriesUid?: string,
): Promise<readonly InstanceItem[]> {
  const items = await queryAll(table, { pk: studyPartition(study), prefix: prefixes.instances(seriesUid) });
  return items as readonly Item[] as readonly InstanceItem[];
}

async function send(queue: Queue, instances: readonly InstanceItem[]): Promise<number> {
  if (instances.length > 0) await queue.send("derive", instances.map(deriveMessageOf));
  return instances.length;
}

/** Where the next request goes on: after this study of this month. */
interface Position {
  readonly month: string;
  readonly study: string;
}

const encode = ({ month, study }: Position): string => encodePlace(`${month}/${study}`);

function decode(cursor: string): Position {
  const [, month = "", study = ""] = decodePlace(cursor, /^(\d{6})\/(.{1,200})$/, "a rebuild");
  return { month, study };
}
