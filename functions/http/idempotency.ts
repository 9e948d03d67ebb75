/**
 * A POST repeated under its Idempotency-Key happens once. The first request claims an item; its reply is kept there for a
 * day, sealed with a key that only the caller's Idempotency-Key gives: a reply may hold a link's token or a report.
 */
import { createHash } from "node:crypto";
import { keys } from "../../shared/catalog/keys.ts";
import { ConditionFailed, Problem } from "../../shared/errors.ts";
import { newUlid } from "../../shared/new-ulid.ts";
import type { Item, Key } from "../../shared/ports.ts";
import type { Reply } from "../http.ts";
import type { Kernel } from "./kernel.ts";
import { seal, unseal } from "./sealed-reply.ts";

export interface Repeatable {
  readonly principal: string;
  readonly key: string;
  readonly method: string;
  /** With its parameters filled in. */
  readonly path: string;
  /** Part of what is asked: `?hospital=` chooses whose study it is about. */
  readonly query: URLSearchParams;
  readonly body: Uint8Array | undefined;
  /** `id`: the same for every attempt under this key. */
  run(id: string): Promise<Reply>;
  /** Answers a repetition anew instead of with the stored reply. */
  replay?(id: string): Promise<Reply>;
}

const keptSeconds = 24 * 60 * 60;
/** Longer than a REST API waits for its function: an older attempt is dead, and another may take over. */
const attemptSeconds = 30;
/** Larger replies are not kept (an item holds 400 KB): their routes answer a repetition anew. */
const keptReplyBytes = 100 * 1024;

interface Attempt extends Item {
  readonly type: "idempotency";
  readonly request: string;
  readonly id: string;
  /** Epoch milliseconds at which the attempt began. */
  readonly began: number;
  readonly status?: number;
  readonly reply?: Uint8Array;
}

export async function once(kernel: Kernel, repeatable: Repeatable): Promise<Reply> {
  checkKey(repeatable.key);
  const place = keys.idempotency(sha256(repeatable.principal), sha256(repeatable.key));
  const request = sha256(`${repeatable.method} ${target(repeatable)}\n`, repeatable.body ?? "");
  const began = kernel.clock.now().getTime();
  const fresh: Attempt = {
    ...place,
    type: "idempotency",
    request,
    id: newUlid(began),
    began,
    expiresAt: Math.floor(began / 1000) + keptSeconds,
  };
  if (await claim(kernel, fresh)) return attempt(kernel, repeatable, fresh);
  const earlier = (await kernel.table.get(place, { consistent: true })) as Attempt | undefined;
  if (!earlier) throw busy();
  if (earlier.request !== request) {
    throw new Problem("idempotency-mismatch", "Take a new Idempotency-Key for a different request");
  }
  if (earlier.status !== undefined) return repeated(repeatable, earlier);
  if (began - earlier.began < attemptSeconds * 1000) throw busy();
  return takeOver(kernel, repeatable, earlier, began);
}

/** DynamoDB deletes an expired item late: one past its day counts as absent. */
async function claim(kernel: Kernel, fresh: Attempt): Promise<boolean> {
  const now = Math.floor(fresh.began / 1000);
  return wins(
    kernel.table.write([
      {
        op: "put",
        item: fresh,
        when: [[{ attribute: "pk", is: "absent" }], [{ attribute: "expiresAt", is: "<=", value: now }]],
      },
    ]),
  );
}

async function takeOver(
  kernel: Kernel,
  repeatable: Repeatable,
  dead: Attempt,
  began: number,
): Promise<Reply> {
  const stillDead = [
    [
      { attribute: "began", is: "=", value: dead.began },
      { attribute: "status", is: "absent" },
    ],
  ] as const;
  const won = await wins(
    kernel.table.write([{ op: "update", key: keyOf(dead), set: { began }, when: stillDead }]),
  );
  if (!won) throw busy();
  return attempt(kernel, repeatable, { ...dead, began });
}

/** A failed attempt gives its claim back, so that the client may repeat it at once; its id goes with it. */
async function attempt(kernel: Kernel, repeatable: Repeatable, mine: Attempt): Promise<Reply> {
  const when = [[{ attribute: "began", is: "=", value: mine.began }]] as const;
  const key = keyOf(mine);
  try {
    const reply = await repeatable.run(mine.id);
    const kept = repeatable.replay ? undefined : seal(reply, secretOf(repeatable), keptReplyBytes);
    const set = { status: reply.status, ...(kept && { reply: kept }) };
    // The work is done: failing to note it must not turn the answer into an error.
    await kernel.table.write([{ op: "update", key, set, when }]).catch(() => undefined);
    return reply;
  } catch (error) {
    const began = 0;
    await kernel.table.write([{ op: "update", key, set: { began }, when }]).catch(() => undefined);
    throw error;
  }
}

async function repeated(repeatable: Repeatable, earlier: Attempt): Promise<Reply> {
  if (repeatable.replay) return repeatable.replay(earlier.id);
  if (earlier.reply) return unseal(earlier.reply, secretOf(repeatable));
  throw new Problem("conflict", "Done already; the reply was too large to keep: read what was created");
}

/** The order of query parameters says nothing; that of one parameter's values may. */
function target({ path, query }: Repeatable): string {
  const sorted = new URLSearchParams(query);
  sorted.sort();
  return `${path}?${sorted}`;
}

const secretOf = ({ principal, key }: Repeatable): string => `${principal}\n${key}`;
const keyOf = ({ pk, sk }: Key): Key => ({ pk, sk });

function checkKey(key: string): void {
  if (/^[\x21-\x7e]{16,128}$/.test(key)) return;
  throw new Problem(
    "invalid-request",
    "Idempotency-Key: must be 16 to 128 visible ASCII characters, such as a UUID",
  );
}

const busy = () =>
  new Problem("conflict", "The same request is still being answered", { extensions: { retryAfter: 2 } });

async function wins(write: Promise<void>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
