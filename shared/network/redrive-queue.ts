/** What an operator does about work that failed for good, once its cause is away. */
import type { Grant } from "../access/grant.ts";
import type { QueueView, RedriveReply } from "../contract/schemas/network.ts";
import { type DeadLetters, type RedrivenQueue, redrivenQueues } from "../ports.ts";

/** A request moves about this many within the gateway's time. */
const lettersPerRequest = 500;

/** Every queue whose failed work can be done again, and how much of it there is. Counts only, so no audit record. */
export async function listQueues(letters: DeadLetters): Promise<{ queues: QueueView[] }> {
  const counts = await Promise.all(redrivenQueues.map((queue) => letters.count(queue)));
  return { queues: redrivenQueues.map((queue, index) => ({ queue, ...(counts[index] as Counts) })) };
}
type Counts = Awaited<ReturnType<DeadLetters["count"]>>;

/** Sends dead letters back to be worked on; `dead`: about how many are left. Asking again goes on. */
export async function redriveQueue(
  grant: Grant,
  letters: DeadLetters,
  queue: RedrivenQueue,
): Promise<RedriveReply> {
  await grant.audit({ detail: queue });
  const redriven = await letters.sendBack(queue, lettersPerRequest);
  return { queue, redriven, ...(await letters.count(queue)) };
}
