/** `cloud.json`: what runs, for scripts, tests and `mic`. Only its owner may read it. */
import { places } from "./places.ts";
import { writePrivateJson } from "./private-file.ts";
import type { SignedIn } from "./seed.ts";

export interface CloudFile {
  readonly web: string;
  readonly api: string;
  /** The emulator's endpoint for AWS clients. */
  readonly emulator: string;
  readonly region: string;
  readonly users: readonly SignedIn[];
  /** Origin of presigned URLs. */
  readonly s3: string;
  readonly issuer: string;
  /** For clients of the emulator: `NODE_EXTRA_CA_CERTS`, `AWS_CA_BUNDLE`. */
  readonly caBundle?: string;
  readonly stage: string;
  readonly logs: string;
  readonly pids: { readonly frontDoor: number; readonly emulator?: number };
  /** Client credentials of a hospital's gateway. */
  readonly gateway: { readonly clientId: string; readonly clientSecret: string; readonly hospital: string };
}

export const writeCloudFile = (cloud: CloudFile): Promise<void> => writePrivateJson(places.cloud, cloud);
