/** The one thing the table adapter needs of DynamoDB, so that a path that must start fast needs no SDK client. */

export type DynamoOperation =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "TransactWriteItems";

/**
 * Sends one request once. Input and output are DynamoDB's API shapes, binary values as Uint8Array.
 * Throws ServiceFault; never retries, since only the table knows what may be sent twice.
 */
export type DynamoSend = (
  operation: DynamoOperation,
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;
