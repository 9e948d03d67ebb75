import { beforeEach, describe, expect, it } from "@jest/globals";
import type { DynamoOperation, DynamoSend } from "../../../shared/aws/dynamo-send.ts";
import { dynamoTable } from "../../../shared/aws/dynamo-table.ts";
import { ServiceFault } from "../../../shared/aws/service-fault.ts";
import { ConditionFailed, Transient } from "../../../shared/errors.ts";
import type { Table, Write } from "../../../shared/ports.ts";

type Input = Readonly<Record<string, unknown>>;
type Answer = Input | ServiceFault;

const fault = (code: string, status = 400, reasons?: readonly string[]): ServiceFault =>
  new ServiceFault("Any", { code, status, ...(reasons && { reasons }) });
const item = { pk: "P", sk: "S" };
const absent = [[{ attribute: "pk", is: "absent" }]] as const;
const claim: Write = { op: "put", item, when: absent };

describe("a table when DynamoDB has trouble", () => {
  let sent: { operation: DynamoOperation; input: Input }[];
  let pauses: number[];
  beforeEach(() => {
    sent = [];
    pauses = [];
  });
  /** Answers in this order; more calls than answers fail the test. */
  function tableAnswering(...answers: readonly Answer[]): Table {
    const send: DynamoSend = async (operation, input) => {
      sent.push({ operation, input });
      const answer = answers[sent.length - 1];
      if (answer === undefined) throw new Error(`Call ${sent.length} was not expected: ${operation}`);
      if (answer instanceof ServiceFault) throw answer;
      return answer;
    };
    const sleep = async (milliseconds: number): Promise<void> => void pauses.push(milliseconds);
    return dynamoTable({ send, tables: { catalog: "the-catalog" }, retries: { attempts: 4, sleep } });
  }

  it("tries again what was throttled, with growing random pauses", async () => {
    const throttled = fault("ProvisionedThroughputExceededException");
    expect(await tableAnswering(throttled, throttled, { Item: { pk: { S: "P" } } }).get(item)).toEqual({
      pk: "P",
    });
    expect(pauses).toHaveLength(2);
    expect(pauses[0]).toBeLessThanOrEqual(25);
    expect(pauses[1]).toBeLessThanOrEqual(50);
  });

  it("gives up as transient after the last attempt", async () => {
    const table = tableAnswering(...Array.from({ length: 4 }, () => fault("InternalServerError", 500)));
    await expect(table.get(item)).rejects.toThrow(Transient);
  });

  it("does not try again what will never work", async () => {
    await expect(tableAnswering(fault("ValidationException")).get(item)).rejects.toMatchObject({
      name: "ServiceFault",
      code: "ValidationException",
    });
    expect(sent).toHaveLength(1);
  });

  it("does not call a condition failed when an earlier attempt may have written the item", async () => {
    const table = tableAnswering(fault("Lost", 0), fault("ConditionalCheckFailedException"));
    await expect(table.write([claim])).rejects.toThrow(Transient);
  });

  it("calls a condition failed when earlier attempts were only throttled", async () => {
    const table = tableAnswering(fault("ThrottlingException"), fault("ConditionalCheckFailedException"));
    await expect(table.write([claim])).rejects.toThrow(ConditionFailed);
  });

  it("sends an addition so that a lost answer cannot count twice", async () => {
    const add: Write = { op: "update", key: item, add: { count: 1 } };
    await tableAnswering(fault("Lost", 0), {}).write([add]);
    expect(sent.map(({ operation }) => operation)).toEqual(["TransactWriteItems", "TransactWriteItems"]);
    expect(sent[0]?.input.ClientRequestToken).toBeDefined();
    expect(sent[1]?.input.ClientRequestToken).toBe(sent[0]?.input.ClientRequestToken);
  });

  it("tries a transaction again that only met another one", async () => {
    const met = fault("TransactionCanceledException", 400, ["None", "TransactionConflict"]);
    await tableAnswering(met, {}).write([claim, { op: "delete", key: { ...item, sk: "T" } }]);
    expect(sent).toHaveLength(2);
  });

  it("names the failed conditions even when other writes met another transaction", async () => {
    const reasons = ["TransactionConflict", "ConditionalCheckFailed", "None"];
    const table = tableAnswering(fault("TransactionCanceledException", 400, reasons));
    const other = (sk: string): Write => ({ op: "delete", key: { ...item, sk } });
    await expect(table.write([other("1"), claim, other("2")])).rejects.toMatchObject({ failed: [1] });
  });

  it("asks again for the keys an answer left out", async () => {
    const attributes = (sk: string) => ({ pk: { S: "P" }, sk: { S: sk } });
    const table = tableAnswering(
      {
        Responses: { "the-catalog": [attributes("1")] },
        UnprocessedKeys: { "the-catalog": { Keys: [attributes("2")] } },
      },
      { Responses: { "the-catalog": [attributes("2")] }, UnprocessedKeys: {} },
    );
    const items = await table.batchGet([
      { pk: "P", sk: "2" },
      { pk: "P", sk: "1" },
    ]);
    expect(items).toEqual([
      { pk: "P", sk: "2" },
      { pk: "P", sk: "1" },
    ]);
    expect(pauses).toHaveLength(1);
  });

  it("refuses a table that the function was not given", async () => {
    await expect(tableAnswering().get(item, { table: "audit" })).rejects.toThrow("no audit table");
  });

  it("keeps what DynamoDB quotes of a request out of its errors", () => {
    const { message } = new ServiceFault("Query", {
      code: "ValidationException",
      status: 400,
      message: "Value 'FIND#cn#village#PATIENT#12345' at 'key' failed, [Wang] too",
    });
    expect(message).not.toMatch(/12345|Wang/);
  });
});
