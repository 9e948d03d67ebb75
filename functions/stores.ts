/**
 * The outside world of a function, made from its environment when first used. Each adapter is imported then too: a
 * function pays at cold start only for what its requests need.
 */
import { type KeyState, keyState } from "../shared/access/key-state.ts";
import type {
  Clock,
  DeadLetters,
  DownloadSigner,
  EventBus,
  KeyService,
  ObjectStore,
  Queue,
  Table,
  UploadSigner,
} from "../shared/ports.ts";
import { environment } from "./environment.ts";

export interface Stores {
  readonly table: Table;
  readonly objects: ObjectStore;
  readonly downloads: DownloadSigner;
  readonly uploads: UploadSigner;
  readonly keyService: KeyService;
  /** Remembers, for the life of the function, which keys are enabled. */
  readonly keyState: KeyState;
  readonly queue: Queue;
  readonly deadLetters: DeadLetters;
  readonly bus: EventBus;
  readonly clock: Clock;
}

/** The `source` of our events, which rules match on. */
const eventSource = "medical-image-cloud";

const clock: Clock = { now: () => new Date() };
let made: Stores | undefined;

/** These reach everything the function's role allows: handlers use the narrowed ones of their grant. */
export function stores(): Stores {
  made ??= {
    table: lazily(dynamo),
    objects: lazily(async () => {
      const { s3Objects } = await import("../shared/aws/s3-objects.ts");
      return s3Objects({
        buckets: given(environment("buckets")),
        lockMode: environment("settings").lockMode,
      });
    }),
    downloads: lazily(async () => {
      const { s3DownloadSigner } = await import("../shared/aws/s3-download-signer.ts");
      return s3DownloadSigner(signing());
    }),
    uploads: lazily(async () => {
      const { s3UploadSigner } = await import("../shared/aws/s3-upload-signer.ts");
      return s3UploadSigner({ ...signing(), uploaderRoleArn: environment("uploaderRole") });
    }),
    keyService: lazily(async () => {
      const { kmsKeys } = await import("../shared/aws/kms-keys.ts");
      const { stage, lockMode } = environment("settings");
      return kmsKeys({ stage, retentionGuard: lockMode === "COMPLIANCE" });
    }),
    keyState: keyState(
      lazily(async () => {
        const { kmsKeyStates } = await import("../shared/aws/kms-key-states.ts");
        return kmsKeyStates({ urlSuffix: environment("settings").urlSuffix });
      }),
      clock,
    ),
    queue: lazily(async () => {
      const { sqsQueue } = await import("../shared/aws/sqs-queue.ts");
      const { bus: _, ...queues } = environment("queues");
      return sqsQueue({ queues: given(queues) });
    }),
    deadLetters: lazily(async () => {
      const { sqsDeadLetters } = await import("../shared/aws/sqs-dead-letters.ts");
      return sqsDeadLetters({ queues: given(environment("queues")) });
    }),
    bus: lazily(async () => {
      const { eventBridgeBus } = await import("../shared/aws/event-bus.ts");
      return eventBridgeBus({ busName: environment("queues").bus ?? "", source: eventSource });
    }),
    clock,
  };
  return made;
}

/** By signed fetch: the SDK's client costs 150 ms of every cold start. */
async function dynamo(): Promise<Table> {
  const [{ dynamoTable }, { signedFetch }] = await Promise.all([
    import("../shared/aws/dynamo-table.ts"),
    import("../shared/aws/signed-fetch.ts"),
  ]);
  const { urlSuffix } = environment("settings");
  return dynamoTable({ send: signedFetch({ urlSuffix }), tables: given(environment("tables")) });
}

function signing() {
  const { urlSuffix, publicS3Origin } = environment("settings");
  return {
    buckets: given(environment("buckets")),
    urlSuffix,
    ...(publicS3Origin !== undefined && { publicS3Origin }),
  };
}

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined. */
function given<T extends object>(members: T): Given<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Given<T>;
}

/** A port whose adapter is loaded at the first call. Every method of a port answers a promise, so nobody notices. */
export function lazily<T extends object>(load: () => Promise<T>): T {
  let loading: Promise<T> | undefined;
  return new Proxy({} as T, {
    get: (_, method) => {
      // A promise asks whatever it resolves to for `then`.
      if (method === "then") return undefined;
      return async (...args: unknown[]) => {
        loading ??= load();
        const port = await loading;
        return (port[method as keyof T] as (...args: unknown[]) => unknown)(...args);
      };
    },
  });
}
