import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { DynamoOperation, DynamoSend } from "./dynamo-send.ts";
import { briefly } from "./patience.ts";
import { faultOf } from "./service-fault.ts";

type Command = Parameters<DynamoDBClient["send"]>[0];

const commands = {
  GetItem: GetItemCommand,
  BatchGetItem: BatchGetItemCommand,
  Query: QueryCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  TransactWriteItems: TransactWriteItemsCommand,
} as const satisfies Record<DynamoOperation, unknown>;

/** DynamoDB through the SDK's client, for functions whose cold start can afford it. */
export function sdkTransport(
  // The table retries by itself: it knows which writes may be sent twice.
  client: DynamoDBClient = new DynamoDBClient({ maxAttempts: 1, requestHandler: briefly }),
): DynamoSend {
  return async (operation, input) => {
    const command = new (commands[operation] as new (input: unknown) => Command)(input);
    try {
      const { $metadata: _, ...output } = await client.send(command);
      return output;
    } catch (error) {
      throw faultOf(operation, error);
    }
  };
}
