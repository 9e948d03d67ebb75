import { S3Client } from "@aws-sdk/client-s3";
import { ConditionFailed, KeyUnavailable, Problem, Transient } from "../errors.ts";
import { type Credentials, localEndpoint } from "./cloud.ts";
import { endWhenIdle, longWork, type Patience, patienceWithS3, untilAnswered } from "./patience.ts";
import { refusedKeyOfObject } from "./refused-key.ts";
import { withRetries, writeOnce } from "./retries.ts";
import { faultOf, isAmbiguous, isTransient, ServiceFault } from "./service-fault.ts";

/** One client's settings for every adapter: checksums and retries are ours, so the SDK adds none of its own. */
export function s3Client(credentials?: Credentials, patience: Patience = patienceWithS3): S3Client {
  const client = new S3Client({
    forcePathStyle: localEndpoint("s3") !== undefined,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    maxAttempts: 1,
    requestHandler: untilAnswered(patience),
    ...(credentials && { credentials }),
  });
  // Not the handler's socketTimeout: it would end a stream that is read slowly.
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const output = await next(args);
        const { body } = output.response as { readonly body?: unknown };
        endWhenIdle(body, longWorking.has(commandName ?? "") ? longWork.requestTimeout : patience.idle);
        return output;
      },
    { step: "deserialize", priority: "low", name: "endWhenIdle" },
  );
  return client;
}

/** They answer 200 at once and spaces until they are done. */
const longWorking: ReadonlySet<string> = new Set(["CopyObjectCommand", "CompleteMultipartUploadCommand"]);

/** Asks with retries, and puts S3's refusal into the words of a use case. */
export async function askS3<T>(operation: string, call: () => Promise<T>): Promise<T> {
  return inWords(() => withRetries(() => once(operation, call)));
}

/** The same for a write that S3 answers with 412 when the object is there already: ConditionFailed. */
export async function writeS3<T>(operation: string, call: () => Promise<T>): Promise<T> {
  return inWords(() =>
    writeOnce(
      () => once(operation, call),
      ({ status }) => status === 412,
    ),
  );
}

/**
 * The same for a copy, which S3 may finish after the connection was lost, or answer 200 and say in the body that it failed:
 * looks whether the object is there before it asks again. ConditionFailed whenever it is.
 */
export async function createS3<T>(
  operation: string,
  call: () => Promise<T>,
  isThere: () => Promise<boolean>,
): Promise<T> {
  let unsure = false;
  const attempt = async (): Promise<T> => {
    if (unsure && (await isThere())) throw new ConditionFailed([0]);
    try {
      return await once(operation, call);
    } catch (error) {
      if (!(error instanceof ServiceFault)) throw error;
      if (error.status === 412) throw new ConditionFailed([0]);
      unsure ||= isAmbiguous(error);
      throw error;
    }
  };
  return inWords(() => withRetries(attempt));
}

/** A body that is read piece by piece. Transient where it ends before its end: what was read cannot be asked for again here. */
export async function* streamS3(operation: string, body: unknown): AsyncGenerator<Uint8Array> {
  try {
    yield* body as AsyncIterable<Uint8Array>;
  } catch (error) {
    const fault = faultOf(operation, error);
    throw isTransient(fault) ? new Transient(`${operation} did not go on`, { cause: fault }) : fault;
  }
}

async function once<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw faultOf(operation, error);
  }
}

async function inWords<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof ServiceFault ? s3Failure(error) : error;
  }
}

const absent = new Set(["NoSuchKey", "NoSuchVersion", "NoSuchUpload", "NotFound"]);

function s3Failure(fault: ServiceFault): Error {
  if (fault.code === "EntityTooSmall") {
    return new Problem("conflict", "Every part but the last must hold at least 5 MB", { cause: fault });
  }
  if (absent.has(fault.code)) {
    return new Problem("not-found", "There is no such object", { cause: fault });
  }
  if (refusedKeyOfObject(fault))
    return new KeyUnavailable("The object's key cannot be used", { cause: fault });
  return fault;
}

export const hexToBase64 = (hex: string): string => Buffer.from(hex, "hex").toString("base64");
export const base64ToHex = (base64: string): string => Buffer.from(base64, "base64").toString("hex");
