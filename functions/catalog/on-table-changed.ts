/** The catalog's stream. Answers the first record to deliver again; all before it are done. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { applyChanges } from "../../shared/catalog/apply-changes.ts";
import type { Change } from "../../shared/catalog/change.ts";
import { environment } from "../environment.ts";
import { errorFields, log } from "../log.ts";
import { stores } from "../stores.ts";
import { itemOf } from "./attribute-values.ts";

export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const { table, objects, queue, bus, clock } = stores();
  const { orderWindowDays } = environment("settings").limits;
  const deps = { table, objects, queue, events: bus, clock, orderWindowDays };
  const failure = await applyChanges(deps, event.Records.map(changeOf));
  if (!failure) return { batchItemFailures: [] };
  log("warn", "changes come back", { sequence: failure.sequence, ...errorFields(failure.cause) });
  return { batchItemFailures: [{ itemIdentifier: failure.sequence }] };
}

export function changeOf({ dynamodb }: DynamoDBRecord): Change {
  const { SequenceNumber = "", OldImage, NewImage } = dynamodb ?? {};
  return {
    sequence: SequenceNumber,
    ...(OldImage && { before: itemOf(OldImage) }),
    ...(NewImage && { after: itemOf(NewImage) }),
  };
}
