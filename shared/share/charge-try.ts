import { keys } from "../catalog/keys.ts";
import { ConditionFailed } from "../errors.ts";
import type { Table } from "../ports.ts";
import type { ShareItem } from "./items.ts";
import { linkState, lockUntil, triesBeforeLock } from "./link-state.ts";

/**
 * Pays for a guess before it is checked: of any number of guesses at once, no more than the allowed ones are ever compared.
 * The last allowed one locks the link up front; a right passcode takes both back. Undefined when the link is closed by now.
 */
export async function chargeTry(
  table: Table,
  shareId: string,
  now: Date,
): Promise<"counted" | "last" | undefined> {
  for (let attempt = 0; attempt < 2 * triesBeforeLock; attempt += 1) {
    const share = (await table.get(keys.share(shareId), { consistent: true })) as ShareItem | undefined;
    if (!share || linkState(share, now) !== "open") return undefined;
    const { tries, locks } = share;
    const last = tries + 1 >= triesBeforeLock;
    try {
      await table.write([
        {
          op: "update",
          key: keys.share(shareId),
          set: last
            ? { tries: 0, locks: locks + 1, lockedUntil: lockUntil(now, locks) }
            : { tries: tries + 1 },
          when: [
            [
              { attribute: "tries", is: "=", value: tries },
              { attribute: "locks", is: "=", value: locks },
              { attribute: "revokedAt", is: "absent" },
            ],
          ],
        },
      ]);
      return last ? "last" : "counted";
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
  return undefined;
}
