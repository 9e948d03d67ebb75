/** A hospital on stores in memory: announces files, sends them, and has them ingested as events would. */
import { setImmediate } from "node:timers/promises";
import { ulid } from "ulid";
import type { Grant } from "../../shared/access/grant.ts";
import { keyState } from "../../shared/access/key-state.ts";
import { applyChanges, type StreamDependencies } from "../../shared/catalog/apply-changes.ts";
import type { HospitalItem, UploadFileItem } from "../../shared/catalog/items.ts";
import { type HospitalKey, keys } from "../../shared/catalog/keys.ts";
import type { CreateUploadRequest, FilesReply } from "../../shared/contract/schemas/upload.ts";
import type { IngestDependencies } from "../../shared/ingest/dependencies.ts";
import { ingestObject, type LandedObject } from "../../shared/ingest/ingest-object.ts";
import type { IngestOutcome } from "../../shared/ingest/outcome.ts";
import { objectKeys } from "../../shared/object-keys.ts";
import { createUpload } from "../../shared/upload/create-upload.ts";
import type { UploadDependencies } from "../../shared/upload/dependencies.ts";
import { uploadLimits } from "../../shared/upload/limits.ts";
import { readAllFiles } from "../../shared/upload/read-ledger.ts";
import { readTotals, type UploadTotals } from "../../shared/upload/totals.ts";
import { testGrant } from "./grant.ts";
import { type FixedClock, fixedClock } from "./memory/clock.ts";
import { type MemoryKeys, memoryKeys } from "./memory/keys.ts";
import { type MemoryObjects, memoryObjects } from "./memory/objects.ts";
import { type MemoryTable, memoryTable } from "./memory/table.ts";
import { type MemoryUploadSigner, memoryUploadSigner } from "./memory/upload-signer.ts";
import { testRegion, user } from "./principals.ts";
import { sha256Hex } from "./slices.ts";
import type { StreamedTable } from "./stream.ts";

export interface Sent {
  readonly uploadId: string;
  readonly files: FilesReply["files"];
  /** The events S3 would send, in the order of the files. */
  readonly landed: readonly LandedObject[];
}

export interface LedgerSnapshot extends UploadTotals {
  readonly files: readonly UploadFileItem[];
}

export interface Clinic {
  readonly hospital: HospitalKey;
  readonly keyArn: string;
  readonly table: MemoryTable;
  readonly objects: MemoryObjects;
  readonly keyService: MemoryKeys;
  readonly signer: MemoryUploadSigner;
  readonly clock: FixedClock;
  readonly upload: UploadDependencies;
  grant(action?: string): Grant;
  announce(files: readonly Uint8Array[], request?: Partial<CreateUploadRequest>): Promise<FilesReply>;
  /** Announces and sends. */
  send(files: readonly Uint8Array[], request?: Partial<CreateUploadRequest>): Promise<Sent>;
  ingestDependencies(more?: Partial<IngestDependencies>): IngestDependencies;
  ingest(object: LandedObject | undefined, more?: Partial<IngestDependencies>): Promise<IngestOutcome>;
  ledger(uploadId: string): Promise<LedgerSnapshot>;
}

/** Clinics on the same stores are hospitals of one network. */
export async function clinic(name = "qinghe-county", network?: Clinic): Promise<Clinic> {
  const clock = network?.clock ?? fixedClock();
  const table = network?.table ?? memoryTable();
  const objects = network?.objects ?? memoryObjects({ clock });
  const keyService = network?.keyService ?? memoryKeys();
  const signer = network?.signer ?? memoryUploadSigner(objects, clock);
  const hospital = { region: testRegion, hospital: name };
  const keyArn = await keyService.createGroupKey(name);
  await table.write([{ op: "put", item: hospitalItem(hospital, keyArn) }]);
  const upload = { signer, keyState: keyState(keyService, clock), clock, limits: uploadLimits };

  const self: Clinic = {
    hospital,
    keyArn,
    table,
    objects,
    keyService,
    signer,
    clock,
    upload,
    grant: (action = "createUpload") =>
      testGrant({ principal: user("technician", name), action, table, objects, clock }),
    announce: (files, request = {}) =>
      createUpload(upload, self.grant(), ulid(clock.now().getTime()), {
        priority: "routine",
        encounterClass: "unknown",
        files: files.map((bytes, index) => manifestFile(bytes, `folder/IM${index}`)),
        ...request,
      }),
    async send(files, request = {}) {
      const { uploadId, files: announced } = await self.announce(files, request);
      for (const [index, file] of announced.entries()) {
        const status = file.put && (await signer.send(file.put, files[index] as Uint8Array));
        if (status !== 200) throw new Error(`The test's own upload was refused: ${status}`);
      }
      const priority = request.priority ?? "routine";
      const landed = announced.map(({ fileId }) =>
        landedObject(objects, objectKeys.landing({ priority, hospital: name, uploadId, fileId })),
      );
      return { uploadId, files: announced, landed };
    },
    ingestDependencies: (more = {}) => ({
      table,
      objects,
      clock,
      region: testRegion,
      retentionYears: { outpatient: 15, inpatient: 30, unknown: 15 },
      leaseMilliseconds: () => 60_000,
      pause: () => setImmediate(),
      attempt: ulid(),
      requestId: "request-1",
      ...more,
    }),
    async ingest(object, more) {
      if (!object) throw new Error("The test ingests a file that was never sent");
      return ingestObject(self.ingestDependencies(more), object);
    },
    async ledger(uploadId) {
      const found = await readTotals(table, hospital, uploadId);
      if (!found) throw new Error("The test asks for an upload that was never made");
      return { ...found, files: await readAllFiles(table, hospital, uploadId) };
    },
  };
  return self;
}

/** Lets the table's stream run dry: what follows from changes may change more. */
export async function followStream(
  deps: Omit<StreamDependencies, "table">,
  { table, drain }: StreamedTable,
): Promise<void> {
  for (let changes = drain(); changes.length > 0; changes = drain()) {
    const failure = await applyChanges({ ...deps, table }, changes);
    if (failure) throw failure.cause;
  }
}

export const manifestFile = (bytes: Uint8Array, name: string) => ({
  name,
  size: bytes.byteLength,
  sha256: sha256Hex(bytes),
});

function landedObject(objects: MemoryObjects, key: string): LandedObject {
  const versionId = objects.versions({ bucket: "landing", key }).at(-1)?.versionId;
  return { key, ...(versionId !== undefined && { versionId }) };
}

function hospitalItem(hospital: HospitalKey, keyArn: string): HospitalItem {
  return {
    ...keys.hospital(hospital),
    type: "hospital",
    ...hospital,
    name: hospital.hospital,
    tier: "county",
    keyGroup: hospital.hospital,
    keyArn,
    createdAt: "2027-01-01T00:00:00.000Z",
  };
}
