/** The rebuild queue: part of a hospital's catalog is to be made again from its archive. */
import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { RebuildMessage } from "../../shared/rebuild/rebuild-message.ts";
import { rebuildStudy } from "../../shared/rebuild/rebuild-study.ts";
import { restoreAside } from "../../shared/rebuild/restore-aside.ts";
import { log } from "../log.ts";
import { settleWarily } from "../settle-warily.ts";
import { stores } from "../stores.ts";

export function handler(event: SQSEvent, { awsRequestId: requestId }: Context): Promise<SQSBatchResponse> {
  const { table, objects, keyService, clock } = stores();
  const deps = { table, objects, keys: keyService, clock, requestId };
  return settleWarily(event.Records, async ({ body }) => {
    const message = JSON.parse(body) as RebuildMessage;
    if (message.kind === "aside") {
      for (const key of message.keys) await restoreAside(deps, key);
      return;
    }
    const { hospital, studyUid } = message;
    const outcomes = await rebuildStudy(deps, message);
    const level = outcomes.contested + outcomes.unreadable > 0 ? "error" : "info";
    log(level, "rebuilt", { requestId, hospital, studyUid, ...outcomes });
  });
}
