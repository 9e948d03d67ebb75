/** What becomes of an instance from landed to shown, stage by stage, on stores that cost nothing. */
import { createHash } from "node:crypto";
import type { InstanceItem } from "../../shared/catalog/items.ts";
import { deriveInstance } from "../../shared/derive/derive-instance.ts";
import { objectKeys } from "../../shared/object-keys.ts";
import { type Clinic, clinic } from "../../test/support/clinic.ts";
import { makeThumbnail, storedInput } from "../per-instance.ts";
import { type QuickObjects, quickObjects } from "./quick-objects.ts";
import { type QuickTable, quickTable } from "./quick-table.ts";

export interface Landed {
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface Pipeline {
  /** SHA-256 of the bytes, as the uploader computes it, and ingest where S3 holds none of the whole. */
  hash(landed: Landed): string;
  /** Everything of ingest: header, claim, archive, DICOM JSON, catalog, audit. */
  index(landed: Landed): Promise<void>;
  /** Thumbnail and frames of all that was indexed and not derived yet. */
  derive(): Promise<void>;
  /** The thumbnail alone. */
  show(landed: Landed): Promise<void>;
  readonly landed: readonly Landed[];
}

/** A hospital with these files announced and landed. */
export async function pipeline(files: readonly Uint8Array[]): Promise<Pipeline> {
  const here = await clinic();
  const objects = quickObjects();
  const { uploadId, files: announced } = await here.announce(files);
  const landed = files.map((bytes, index): Landed => {
    const fileId = announced[index]?.fileId as string;
    const at = { priority: "routine", hospital: here.hospital.hospital, uploadId, fileId } as const;
    const key = objectKeys.landing(at);
    objects.land(key, bytes, sha256(bytes), here.keyArn);
    return { key, bytes };
  });
  const table = quickTable(here.table.items());
  return {
    landed,
    hash: ({ bytes }) => sha256(bytes),
    async index({ key }) {
      const outcome = await here.ingest({ key }, { objects, table });
      if (outcome !== "indexed") throw new Error(`The bench's own file was ${outcome}`);
    },
    derive: () => deriveAll(here, table, objects),
    async show({ key, bytes }) {
      await makeThumbnail(await storedInput(objects, { bucket: "landing", key }, bytes.length));
    },
  };
}

async function deriveAll({ clock }: Clinic, table: QuickTable, objects: QuickObjects): Promise<void> {
  const instances = table.items().filter(({ type }) => type === "instance") as unknown as InstanceItem[];
  for (const instance of instances.filter(({ derivedAt }) => derivedAt === undefined)) {
    const derived = await deriveInstance({ table, objects, clock }, instance);
    if (derived?.thumbnail !== "ready") throw new Error(`The bench's own file is ${derived?.thumbnail}`);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
