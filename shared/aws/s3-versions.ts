import { type DeleteMarkerEntry, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListedVersion } from "../ports.ts";
import { askS3 } from "./s3-client.ts";

interface Position {
  readonly KeyMarker?: string;
  readonly VersionIdMarker?: string;
}

/**
 * S3 cuts a page anywhere, also between two versions of one key: what belongs to the last key of a page that was cut is left
 * to the next one, unless that key alone fills it.
 */
export async function listVersions(
  client: S3Client,
  Bucket: string,
  Prefix: string,
  after: string | undefined,
): Promise<{ readonly versions: readonly ListedVersion[]; readonly next?: string }> {
  const versions: ListedVersion[] = [];
  let position: Position = after === undefined ? {} : { KeyMarker: after };
  for (;;) {
    const page = await pageOf(client, { Bucket, Prefix, ...position });
    versions.push(...page.versions);
    if (!page.next) return { versions: inOrder(versions) };
    const last = versions.at(-1)?.key;
    const whole = versions.filter(({ key }) => key !== last);
    const before = whole.at(-1)?.key;
    if (before !== undefined) return { versions: inOrder(whole), next: before };
    position = page.next;
  }
}

async function pageOf(
  client: S3Client,
  where: Position & { readonly Bucket: string; readonly Prefix: string },
) {
  const answer = await askS3("ListObjectVersions", () => client.send(new ListObjectVersionsCommand(where)));
  const { Versions = [], DeleteMarkers = [], IsTruncated, NextKeyMarker, NextVersionIdMarker } = answer;
  const versions = [
    ...Versions.map(({ Size = 0, ...one }) => ({ ...named(one), size: Size, deleted: false })),
    ...DeleteMarkers.map((one) => ({ ...named(one), size: 0, deleted: true })),
  ].sort(byKey);
  const next: Position | undefined = IsTruncated
    ? {
        ...(NextKeyMarker !== undefined && { KeyMarker: NextKeyMarker }),
        ...(NextVersionIdMarker !== undefined && { VersionIdMarker: NextVersionIdMarker }),
      }
    : undefined;
  return { versions, next };
}

const named = (one: Pick<DeleteMarkerEntry, "Key" | "VersionId" | "LastModified">) => ({
  key: one.Key ?? "",
  versionId: one.VersionId ?? "null",
  lastModified: one.LastModified ?? new Date(0),
});

/** By the bytes of the key, as S3 lists; versions and delete markers come in two lists. */
const byKey = (a: ListedVersion, b: ListedVersion): number =>
  Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));

/** Of one key the oldest first. */
const inOrder = (versions: readonly ListedVersion[]): readonly ListedVersion[] =>
  versions.toSorted((a, b) => byKey(a, b) || a.lastModified.getTime() - b.lastModified.getTime());
