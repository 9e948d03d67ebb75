import { randomUUID } from "node:crypto";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { ConditionFailed } from "../errors.ts";
import type { Item, Key, Table, TableName, Write } from "../ports.ts";
import { queryInput, toAttributes, writeInput } from "./dynamo-expressions.ts";
import type { DynamoOperation, DynamoSend } from "./dynamo-send.ts";
import { type RetryOptions, withRetries, writeOnce } from "./retries.ts";
import { isTransient, ServiceFault } from "./service-fault.ts";

export interface DynamoTableOptions {
  readonly send: DynamoSend;
  /** Names of the tables this function may use. */
  readonly tables: Partial<Record<TableName, string>>;
  readonly retries?: RetryOptions;
}

type Attributes = Parameters<typeof unmarshall>[0];
type Input = Readonly<Record<string, unknown>>;

const keysPerBatch = 100;
const writesPerTransaction = 100;
const singleOperations = { put: "PutItem", update: "UpdateItem", delete: "DeleteItem" } as const;
const transactionMembers = {
  put: "Put",
  update: "Update",
  delete: "Delete",
  check: "ConditionCheck",
} as const satisfies Record<Write["op"], string>;

const itemOf = (attributes: unknown): Item => unmarshall(attributes as Attributes) as Item;
const conditionFailed = ({ code }: ServiceFault): boolean => code === "ConditionalCheckFailedException";
const pick = ({ pk, sk }: Key): Key => ({ pk, sk });
const address = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

/** The catalog on DynamoDB, over either transport (`sdk-transport.ts`, `signed-fetch.ts`). */
export function dynamoTable({ send, tables, retries }: DynamoTableOptions): Table {
  const nameOf = (table: TableName = "catalog"): string => {
    const name = tables[table];
    if (name === undefined) throw new Error(`This function was given no ${table} table`);
    return name;
  };
  const read = (operation: DynamoOperation, input: Input): Promise<Input> =>
    withRetries(() => send(operation, input), isTransient, retries);

  async function batch(table: string, keys: readonly Key[], consistent: boolean): Promise<readonly Item[]> {
    const items: Item[] = [];
    let ask: unknown = { Keys: keys.map((key) => toAttributes(pick(key))), ConsistentRead: consistent };
    // What a full or throttled answer left out is asked for again: each round is an attempt with its own pause.
    await withRetries(
      async () => {
        const output = await send("BatchGetItem", { RequestItems: { [table]: ask } });
        const found = (output.Responses as Record<string, readonly unknown[]> | undefined)?.[table] ?? [];
        items.push(...found.map(itemOf));
        ask = (output.UnprocessedKeys as Record<string, unknown> | undefined)?.[table];
        if (ask !== undefined) throw new ServiceFault("BatchGetItem", { code: "Throttling", status: 200 });
      },
      isTransient,
      retries,
    );
    return items;
  }

  return {
    async get(key, options = {}) {
      const output = await read("GetItem", {
        TableName: nameOf(options.table),
        Key: toAttributes(pick(key)),
        ConsistentRead: options.consistent ?? false,
      });
      return output.Item === undefined ? undefined : itemOf(output.Item);
    },

    async batchGet(keys, options = {}) {
      const table = nameOf(options.table);
      const distinct = [...new Map(keys.map((key) => [address(key), key])).values()];
      const chunks = Array.from({ length: Math.ceil(distinct.length / keysPerBatch) }, (_, index) =>
        distinct.slice(index * keysPerBatch, (index + 1) * keysPerBatch),
      );
      const found = await Promise.all(
        chunks.map((chunk) => batch(table, chunk, options.consistent ?? false)),
      );
      const byAddress = new Map(found.flat().map((item) => [address(item), item]));
      return keys.map((key) => byAddress.get(address(key))).filter((item) => item !== undefined);
    },

    async query(query) {
      if (query.after && query.after.pk !== query.pk)
        throw new Error("The page belongs to another partition");
      const output = await read("Query", queryInput(query, nameOf(query.table)));
      const items = ((output.Items ?? []) as readonly unknown[]).map(itemOf);
      const last = output.LastEvaluatedKey;
      return { items, ...(last !== undefined && { next: pick(itemOf(last)) }) };
    },

    async write(writes) {
      if (writes.length === 0) throw new Error("Nothing to write");
      if (writes.length > writesPerTransaction) throw new Error("A transaction holds at most 100 writes");
      const inputs = writes.map((write) => writeInput(write, nameOf(write.table)));
      const [only] = writes as [Write];
      if (writes.length === 1 && only.op !== "check" && !(only.op === "update" && only.add)) {
        const operation = singleOperations[only.op];
        await writeOnce(() => send(operation, inputs[0] as Input), conditionFailed, retries);
        return;
      }
      await transact(
        send,
        writes.map((write, index) => ({ [transactionMembers[write.op]]: inputs[index] })),
        retries,
      );
    },
  };
}

/** The token makes a repeated request the same transaction, so `add` is never done twice. */
async function transact(
  send: DynamoSend,
  items: readonly Input[],
  retries: RetryOptions | undefined,
): Promise<void> {
  const input = { TransactItems: items, ClientRequestToken: randomUUID() };
  try {
    await withRetries(() => send("TransactWriteItems", input), mayRetry, retries);
  } catch (error) {
    if (!(error instanceof ServiceFault)) throw error;
    const failed = error.reasons.flatMap((reason, index) =>
      reason === "ConditionalCheckFailed" ? [index] : [],
    );
    throw failed.length > 0 ? new ConditionFailed(failed) : error;
  }
}

const passingReasons = new Set([
  "None",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

function mayRetry(fault: ServiceFault): boolean {
  if (fault.reasons.length === 0) return isTransient(fault);
  return fault.reasons.every((reason) => passingReasons.has(reason));
}
