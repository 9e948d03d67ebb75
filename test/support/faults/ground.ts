/** What a world of faults stands on: the stores of one hospital, in memory or on an emulator, and a look at all they hold. */
import type { HospitalItem } from "../../../shared/catalog/items.ts";
import type { HospitalKey } from "../../../shared/catalog/keys.ts";
import type { BucketName, Item, ObjectStore, SignedRequest, Table } from "../../../shared/ports.ts";
import type { UploadDependencies } from "../../../shared/upload/dependencies.ts";
import type { FixedClock } from "../memory/clock.ts";

export interface Ground {
  readonly hospital: HospitalKey;
  readonly keyArn: HospitalItem["keyArn"];
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly upload: UploadDependencies;
  readonly clock: FixedClock;
  /** Sends as a client would; answers S3's status. */
  send(request: SignedRequest, body: Uint8Array): Promise<number>;
  /** Everything the catalog holds of this hospital. */
  items(): Promise<readonly Item[]>;
  /** Every version of every object of this hospital under the bucket, delete markers left out. */
  versions(bucket: BucketName): Promise<readonly { readonly key: string; readonly versionId: string }[]>;
}
