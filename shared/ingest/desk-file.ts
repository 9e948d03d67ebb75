/** A file at the quarantine desk: what the use cases there check and write alike. */
import type { Audited, Grant } from "../access/grant.ts";
import { originsOf } from "../catalog/corrected-from.ts";
import type { Release } from "../catalog/desk-items.ts";
import type { UploadFileItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import type { Decided } from "../contract/schemas/ingest.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectRef, Write } from "../ports.ts";
import { hospitalOf } from "../upload/load-upload.ts";
import { countMove } from "../upload/totals.ts";
import { viewOfRelease } from "./view-of-release.ts";

export interface DeskPath {
  readonly uploadId: string;
  readonly fileId: string;
}

/**
 * Where the file's own bytes lie, as they came: with a conflict they came into, else where quarantine keeps them, unless they
 * were under a key that is not ours and stayed where they landed.
 */
export function ownObject(file: UploadFileItem): ObjectRef {
  const { release, uploadId, fileId } = file;
  const key = originsOf(release?.correctedFrom).at(-1)?.key ?? release?.object?.key;
  return { bucket: "quarantine", key: key ?? objectKeys.quarantine(file, uploadId, fileId) };
}

/** Whether its bytes wait for as long as it takes: under a key that cannot be used nothing is copied, and nothing ages. */
export const staysForGood = ({ stays, reason }: UploadFileItem): boolean =>
  stays ?? reason?.code === "wrong-key";

const decidedAlready =
  "Something else was decided about this file: it waits in quarantine no more. Its state says what became of it.";

/** What can be done about a file depends on why it waits. */
const notTheAnnounced =
  "These are not the bytes that were announced, and trying again cannot change that. Upload the file again, then discard this one.";
const hopeless: Readonly<Record<string, string>> = {
  "unknown-upload":
    "The file belongs to no upload, so no ledger can account for it. Download it and upload it again, then discard this one.",
  "size-mismatch": notTheAnnounced,
  "checksum-mismatch": notTheAnnounced,
};

/** Whether releasing it may help. */
export const mayBeReleased = (code: string): boolean => !(code in hopeless);

/** Throws Problem("conflict") that says what happened, for a file that waits no more, or that no release can help. */
export function requireWaiting(file: UploadFileItem): void {
  if (file.discarded)
    throw new Problem("conflict", "This file was discarded.", { extensions: happened(file) });
  if (file.state !== "quarantined")
    throw new Problem("conflict", file.release ? decidedAlready : "This file does not wait in quarantine.", {
      extensions: happened(file),
    });
}

export function requireReleasable(file: UploadFileItem): void {
  requireWaiting(file);
  const why = hopeless[file.reason?.code ?? ""];
  if (why !== undefined) throw new Problem("conflict", why, { extensions: { reason: file.reason?.code } });
}

/** For whoever comes second: what the first one did, as the answer shows it. */
export function happened(file: UploadFileItem): Record<string, unknown> {
  const { state, release, discarded } = decidedView(file);
  return { state, ...(release && { release }), ...(discarded && { discarded }) };
}

export function decidedView(file: UploadFileItem): Decided {
  const { uploadId, fileId, state, release, discarded } = file;
  return {
    uploadId,
    fileId,
    state,
    ...(release && { release: viewOfRelease(release) }),
    ...(discarded && { discarded: { ...discarded } }),
  };
}

/**
 * Takes the file out of quarantine, or out of a conflict, and hands it to ingest: the ledger's line and its counter, the
 * desk's entry and the audit record in one transaction. It is `stored` again until ingest has decided.
 */
export function releaseWrites(
  grant: Grant,
  file: UploadFileItem,
  from: "quarantined" | "conflict",
  release: Release,
  audited: Audited,
): readonly Write[] {
  const hospital = hospitalOf(grant);
  const { uploadId, fileId, orderId } = file;
  return [
    {
      op: "update",
      key: keys.uploadFile(hospital, uploadId, fileId),
      set: { state: "stored", release, releases: (file.releases ?? 0) + 1, updatedAt: release.at, orderId },
      remove: ["reason"],
      when: [
        [
          { attribute: "state", is: "=", value: from },
          { attribute: "discarded", is: "absent" },
        ],
      ],
    },
    countMove(file, { [from]: -1, stored: 1 }),
    { op: "delete", key: keys.quarantined(hospital, uploadId, fileId) },
    // Its studies are found complete again once the file is final, and not by whoever counted before this.
    {
      op: "update",
      key: keys.upload(hospital, uploadId),
      add: { releases: 1 },
      remove: ["settledAt"],
      when: [[{ attribute: "pk", is: "present" }]],
    },
    ...grant.auditWrites(audited),
  ];
}
