/** Asks for a hospital's catalog to be made again from its archive: a page of a listing a request, whole studies at a time. */
import type { Grant } from "../access/grant.ts";
import type { ArchivedOrigin } from "../catalog/desk-items.ts";
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import { allVersions } from "../catalog/list-all.ts";
import type { RebuildReply } from "../contract/schemas/catalog.ts";
import { Problem } from "../errors.ts";
import {
  type OriginalKey,
  objectKeys,
  objectPrefixes,
  parseOriginalKey,
  parseUncorrectedKey,
} from "../object-keys.ts";
import { decodePlace, encodePlace } from "../page-cursor.ts";
import type { ListedVersion, ObjectStore, Queue } from "../ports.ts";
import type { RebuildInstance, RebuildMessage } from "./rebuild-message.ts";

/** A worker reads the header of each: seconds, so that a message that comes back repeats little. */
const instancesPerMessage = 20;
const originalsPerRequest = 4000;
const phases = ["archive", "conflict", "quarantine"] as const;
type Phase = (typeof phases)[number];

interface Position {
  readonly phase: Phase;
  readonly after?: string;
}

/** Answers how many objects were queued, and `next` where there is more. May be asked again at any time. */
export async function requestCatalog(
  { hospital, objects }: Pick<Grant, "objects"> & { readonly hospital: HospitalKey },
  queue: Queue,
  { studyUid, cursor }: { readonly studyUid?: string | undefined; readonly cursor?: string | undefined },
): Promise<RebuildReply> {
  if (studyUid !== undefined) return oneStudy(objects, queue, { ...hospital, studyUid });
  const position: Position = cursor === undefined ? { phase: "archive" } : decode(cursor);
  const page =
    position.phase === "archive"
      ? await originals(objects, queue, hospital, position.after)
      : await aside(objects, queue, prefixOf(position.phase, hospital), position.after);
  const next = page.after === undefined ? following(position.phase) : { ...position, after: page.after };
  return { queued: page.queued, ...(next && { next: encode(next) }) };
}

interface Queued {
  readonly queued: number;
  readonly after?: string | undefined;
}

async function oneStudy(objects: ObjectStore, queue: Queue, key: StudyKey): Promise<RebuildReply> {
  const queued = await sendStudy(
    objects,
    queue,
    key,
    await allVersions(objects, "archive", objectPrefixes.study(key)),
  );
  if (queued === 0) throw new Problem("not-found", "The archive holds no original of this study.");
  return { queued };
}

async function originals(
  objects: ObjectStore,
  queue: Queue,
  hospital: HospitalKey,
  after: string | undefined,
): Promise<Queued> {
  let [queued, position] = [0, after];
  while (queued < originalsPerRequest) {
    const page = await objects.listVersions("archive", objectPrefixes.originals(hospital), position);
    const studies = [...Map.groupBy(page.versions, ({ key }) => key.split("/")[2] ?? "")];
    for (const [index, [studyUid, listed]] of studies.entries()) {
      const key = { ...hospital, studyUid };
      // The page may end in the middle of its last study.
      const cut = page.next !== undefined && index === studies.length - 1;
      const versions = cut ? await allVersions(objects, "archive", objectPrefixes.study(key)) : listed;
      queued += await sendStudy(objects, queue, key, versions);
      position = versions.at(-1)?.key;
    }
    if (page.next === undefined) return { queued };
  }
  return { queued, after: position };
}

interface Archived extends RebuildInstance {
  readonly at: Date;
}

async function sendStudy(
  objects: ObjectStore,
  queue: Queue,
  key: StudyKey,
  versions: readonly ListedVersion[],
): Promise<number> {
  const sources = correctedOf(await allVersions(objects, "archive", objectPrefixes.uncorrected(key)));
  const instances = instancesOf(versions, sources).toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const firstOfStudy = instances[0];
  if (!firstOfStudy) return 0;
  const messages: RebuildMessage[] = [];
  for (const ofSeries of Map.groupBy(instances, ({ seriesUid }) => seriesUid).values())
    for (let at = 0; at < ofSeries.length; at += instancesPerMessage)
      messages.push({
        kind: "originals",
        ...key,
        repair: messages.length === 0,
        firstOfStudy: named(firstOfStudy),
        firstOfSeries: named(ofSeries[0] as Archived),
        instances: ofSeries.slice(at, at + instancesPerMessage).map(named),
      });
  await queue.send("rebuild", messages);
  return instances.length;
}

const named = ({ seriesUid, sopUid, originals: held }: Archived): RebuildInstance => ({
  ...{ seriesUid, sopUid, originals: held },
});

/** What a copy was made of, by its key. */
type Corrected = (copy: string) => ArchivedOrigin | undefined;

function correctedOf(versions: readonly ListedVersion[]): Corrected {
  const found = new Map<string, OriginalKey & { readonly madeOf: string; readonly versionId: string }>();
  for (const { key, versionId, deleted } of versions) {
    const parsed = deleted ? undefined : parseUncorrectedKey(key);
    if (!parsed) continue;
    const copy = objectKeys.original(parsed, parsed.sha256);
    if (!found.has(copy)) found.set(copy, { ...parsed, versionId });
  }
  const origin: Corrected = (copy) => {
    const one = found.get(copy);
    if (!one) return undefined;
    const from = origin(objectKeys.original(one, one.madeOf));
    return { sha256: one.madeOf, archiveVersionId: one.versionId, ...(from && { from }) };
  };
  return origin;
}

/** By the version that was locked first, hidden by a delete marker or not. */
function instancesOf(versions: readonly ListedVersion[], corrected: Corrected): readonly Archived[] {
  const kept = Map.groupBy(
    versions.filter(({ deleted }) => !deleted),
    ({ key }) => key,
  );
  const found = [...kept].flatMap(([key, [first]]) => {
    const parsed = parseOriginalKey(key);
    const correctedFrom = corrected(key);
    const named = parsed && { ...parsed, ...(correctedFrom && { correctedFrom }) };
    return named && first ? [{ ...named, versionId: first.versionId, at: first.lastModified }] : [];
  });
  return [...Map.groupBy(found, ({ seriesUid, sopUid }) => `${seriesUid}/${sopUid}`).values()].map((same) => {
    const inOrder = same.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    const [{ seriesUid, sopUid, at }] = inOrder as [(typeof inOrder)[number]];
    return {
      seriesUid,
      sopUid,
      at,
      originals: inOrder.map(({ sha256, versionId, ...one }) => ({
        ...{ sha256, versionId },
        ...("correctedFrom" in one && one.correctedFrom && { correctedFrom: one.correctedFrom }),
      })),
    };
  });
}

async function aside(
  objects: ObjectStore,
  queue: Queue,
  prefix: string,
  after: string | undefined,
): Promise<Queued> {
  const { keys, next } = await objects.list("quarantine", prefix, after);
  const messages: RebuildMessage[] = [];
  for (let at = 0; at < keys.length; at += instancesPerMessage)
    messages.push({ kind: "aside", keys: keys.slice(at, at + instancesPerMessage).map(({ key }) => key) });
  await queue.send("rebuild", messages);
  return { queued: keys.length, after: next };
}

const prefixOf = (phase: Exclude<Phase, "archive">, hospital: HospitalKey): string =>
  phase === "conflict" ? objectPrefixes.conflicts(hospital) : objectPrefixes.quarantine(hospital);

function following(phase: Phase): Position | undefined {
  const next = phases[phases.indexOf(phase) + 1];
  return next && { phase: next };
}

const encode = ({ phase, after = "" }: Position): string => encodePlace(`${phase} ${after}`);

const place = new RegExp(`^(${phases.join("|")}) (.*)$`, "s");

function decode(cursor: string): Position {
  const [, phase, after] = decodePlace(cursor, place, "a rebuild of a catalog");
  return { phase: phase as Phase, ...(after && { after }) };
}
