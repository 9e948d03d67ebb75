/** What must hold of a hospital's catalog and buckets at any moment, whatever happened on the way. Each throws what is wrong. */
import { createHash } from "node:crypto";
import type { ClaimItem } from "../../../shared/catalog/claim-item.ts";
import { originsOf } from "../../../shared/catalog/corrected-from.ts";
import type { ConflictItem } from "../../../shared/catalog/desk-items.ts";
import type { InstanceItem, UploadFileItem, UploadItem } from "../../../shared/catalog/items.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import type { ItemType } from "../../../shared/contract/events.ts";
import { ownObject } from "../../../shared/ingest/desk-file.ts";
import { keptUntil } from "../../../shared/ingest/index-quarantined.ts";
import { objectKeys } from "../../../shared/object-keys.ts";
import type { BucketName, Item } from "../../../shared/ports.ts";
import type { Ground } from "./ground.ts";

interface Held {
  readonly ground: Ground;
  readonly items: ReadonlyMap<string, Item>;
  readonly versions: Readonly<Record<Exclude<BucketName, "landing">, ReadonlyMap<string, number>>>;
  ofType<T extends Item>(type: ItemType): readonly T[];
}

const address = ({ pk, sk }: { readonly pk: string; readonly sk: string }): string => `${pk}\n${sk}`;

async function everythingOf(ground: Ground): Promise<Held> {
  const [items, archive, derived, quarantine] = await Promise.all([
    ground.items(),
    countVersions(ground, "archive"),
    countVersions(ground, "derived"),
    countVersions(ground, "quarantine"),
  ]);
  const byType = Map.groupBy(items, ({ type }) => type as ItemType);
  return {
    ground,
    items: new Map(items.map((item) => [address(item), item])),
    versions: { archive, derived, quarantine },
    ofType: <T extends Item>(type: ItemType) => (byType.get(type) ?? []) as unknown as readonly T[],
  };
}

async function countVersions(ground: Ground, bucket: BucketName): Promise<ReadonlyMap<string, number>> {
  const byKey = Map.groupBy(await ground.versions(bucket), ({ key }) => key);
  return new Map([...byKey].map(([key, { length }]) => [key, length]));
}

/** All of them. Throws an Error that lists every violation. */
export async function expectSound(ground: Ground): Promise<void> {
  const held = await everythingOf(ground);
  const violations = [
    ...unbalanced(held),
    ...archivedTwice(held),
    ...wrongCounts(held),
    ...missingObjects(held),
    ...missingItems(held),
  ];
  if (violations.length > 0) throw new Error(`Unsound:\n${violations.join("\n")}`);
}

/** Every announced file is in one state, the totals say so, and the bytes of every final one are kept. */
function unbalanced({ ofType, versions, ground }: Held): readonly string[] {
  const files = Map.groupBy(ofType<UploadFileItem>("upload-file"), ({ uploadId }) => uploadId);
  const counters = Map.groupBy(ofType<Item>("upload-counter"), ({ uploadId }) => uploadId as string);
  const archived = new Set([...versions.archive.keys()].map((key) => key.slice(-68, -4)));
  const aside = [...versions.quarantine.keys()];
  /** A corrected copy that the hospital had already: its source is kept aside, and the copy is in the archive. */
  const isCopy = (sha256: string, release: UploadFileItem["release"]): boolean =>
    originsOf(release?.correctedFrom).at(-1)?.sha256 === sha256 &&
    archived.has(release?.object?.sha256 ?? "");
  const expired = (since: string): boolean => ground.clock.now() > keptUntil(since);
  const kept = (file: UploadFileItem): boolean => {
    const { state, sha256, release, reason, discarded, updatedAt } = file;
    // What nobody decided about for long enough, or gave up, is gone; what somebody decided about never is.
    if (state === "quarantined" && (discarded || expired(file.quarantinedAt ?? updatedAt))) return true;
    if (state === "conflict" && (expired(updatedAt) || decided(file))) return true;
    if (reason?.code === "bytes-expired") return false;
    if (state === "quarantined") return versions.quarantine.has(ownObject(file).key);
    if (state === "indexed" || state === "duplicate") return archived.has(sha256) || isCopy(sha256, release);
    // Of a corrected copy, it is the copy that is in conflict.
    const other = release?.object?.sha256 ?? sha256;
    return state !== "conflict" || aside.some((key) => key.endsWith(`/${other}.dcm`));
  };
  /** The same bytes of another file took part in the decision. */
  const decided = ({ sopUid, sha256, release }: UploadFileItem): boolean =>
    ofType<ConflictItem>("conflict").some(
      (one) =>
        one.sopUid === sopUid &&
        one.sha256 === (release?.object?.sha256 ?? sha256) &&
        one.resolution !== undefined,
    );
  return ofType<UploadItem>("upload").flatMap(({ uploadId, fileCount }) => {
    const lines = files.get(uploadId) ?? [];
    const states = ["stored", "indexed", "duplicate", "conflict", "quarantined"] as const;
    const counted = (state: string): number =>
      (counters.get(uploadId) ?? []).reduce(
        (sum, item) => sum + ((item[state] as number | undefined) ?? 0),
        0,
      );
    return [
      ...(lines.length === fileCount
        ? []
        : [`${uploadId}: ${fileCount} files announced, ${lines.length} lines`]),
      ...states
        .filter((state) => counted(state) !== lines.filter((line) => line.state === state).length)
        .map((state) => `${uploadId}: the total of ${state} is ${counted(state)}`),
      ...lines
        .filter((line) => !kept(line))
        .map(({ fileId, state }) => `${uploadId}/${fileId}: ${state}, and nowhere kept`),
    ];
  });
}

/** A locked version stays for years: there is never a second one. */
const archivedTwice = ({ versions }: Held): readonly string[] =>
  [...versions.archive].filter(([, count]) => count !== 1).map(([key, count]) => `${key}: ${count} versions`);

/** Sums of the counter shards are the numbers of instance items, of each study and of each series. */
function wrongCounts({ ofType }: Held): readonly string[] {
  const seriesOf = (item: Item): string => `${item.studyUid}/${item.seriesUid}`;
  const instances = ofType<InstanceItem>("instance");
  const counters = ofType<Item>("counter");
  return [
    ...differences(
      instances,
      counters.filter(({ seriesUid }) => seriesUid === undefined),
      (item) => `${item.studyUid}`,
    ),
    ...differences(
      instances,
      counters.filter(({ seriesUid }) => seriesUid !== undefined),
      seriesOf,
    ),
  ];
}

function differences(
  instances: readonly Item[],
  counters: readonly Item[],
  group: (item: Item) => string,
): readonly string[] {
  const there = Map.groupBy(instances, group);
  const counted = Map.groupBy(counters, group);
  return [...new Set([...there.keys(), ...counted.keys()])].flatMap((name) => {
    const number = there.get(name)?.length ?? 0;
    const sum = (counted.get(name) ?? []).reduce((all, item) => all + (item.instances as number), 0);
    return number === sum ? [] : [`${name}: ${number} instances, counted ${sum}`];
  });
}

/** No item refers to an object that is not there. */
function missingObjects({ ofType, versions, ground }: Held): readonly string[] {
  const instances = ofType<InstanceItem>("instance");
  const wanted: readonly (readonly [keyof Held["versions"], string])[] = [
    ...instances.flatMap((instance) => {
      const { sha256, thumbnail, frames = 0 } = instance;
      return [
        ["archive", objectKeys.original(instance, sha256)] as const,
        ["derived", objectKeys.metadata(instance, sha256)] as const,
        ...(thumbnail === "ready" ? [["derived", objectKeys.thumbnail(instance, sha256)] as const] : []),
        ...Array.from(
          { length: frames },
          (_, index) => ["derived", objectKeys.frame(instance, sha256, index + 1)] as const,
        ),
      ];
    }),
    ...ofType<ConflictItem>("conflict")
      .filter(({ resolution, foundAt }) => !resolution && ground.clock.now() <= keptUntil(foundAt))
      .map(({ objectKey }) => ["quarantine", objectKey] as const),
  ];
  return wanted
    .filter(([bucket, key]) => !versions[bucket].has(key))
    .map(([bucket, key]) => `${bucket} lacks ${key}`);
}

/** No instance without its study, series and committed claim; no committed claim without its instance; nothing found that is not there. */
function missingItems({ ofType, items }: Held): readonly string[] {
  const lacks = (of: Item, key: { readonly pk: string; readonly sk: string }): readonly string[] =>
    items.has(address(key)) ? [] : [`${of.type} ${of.sk}: ${key.sk} is missing`];
  const claims = ofType<ClaimItem & Item>("claim");
  return [
    ...ofType<InstanceItem>("instance").flatMap((instance) => {
      const claim = items.get(address(keys.claim(instance, instance.sopUid)));
      const held = claim?.state === "committed" && claim.sha256 === instance.sha256;
      return [
        ...lacks(instance, keys.study(instance)),
        ...lacks(instance, keys.series(instance)),
        ...(held ? [] : [`instance ${instance.sopUid}: its claim does not say so`]),
      ];
    }),
    ...claims
      .filter(({ state }) => state === "committed")
      .flatMap((claim) => lacks(claim, keys.instance(claim))),
    ...ofType<Item & { readonly region: string; readonly hospital: string; readonly studyUid: string }>(
      "find",
    )
      .filter(({ studyUid }) => studyUid !== undefined)
      .flatMap((find) => lacks(find, keys.study(find))),
  ];
}

/** The archived bytes are those their key names: reads every original. */
export async function expectOriginalsIntact(ground: Ground): Promise<void> {
  for (const { key } of await ground.versions("archive")) {
    const bytes = await ground.objects.read({ bucket: "archive", key });
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (!key.endsWith(`/${sha256}.dcm`)) throw new Error(`${key} holds other bytes`);
  }
}
