/** The derive queue: an instance was indexed, or somebody asked for its derivation again. */
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { deriveInstance } from "../../shared/derive/derive-instance.ts";
import type { DeriveMessage } from "../../shared/derive/derive-message.ts";
import { settleWarily } from "../settle-warily.ts";
import { stores } from "../stores.ts";

export function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const { table, objects, clock } = stores();
  return settleWarily(event.Records, async ({ body }) => {
    await deriveInstance({ table, objects, clock }, JSON.parse(body) as DeriveMessage);
  });
}
