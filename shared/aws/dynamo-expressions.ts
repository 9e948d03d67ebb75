/** Conditions, updates and key ranges of the port in DynamoDB's expression language. */
import { convertToAttr, marshall } from "@aws-sdk/util-dynamodb";
import type { Condition, Item, Key, Query, When, Write } from "../ports.ts";

const marshalling = { removeUndefinedValues: true } as const;

export const toAttributes = (item: Item | Key): Record<string, unknown> => marshall(item, marshalling);
const toAttribute = (value: unknown): unknown =>
  convertToAttr(value as Parameters<typeof convertToAttr>[0], marshalling);

/** Every name and value goes through a placeholder: no attribute is a reserved word and no value is syntax. */
class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: unknown[] = [];

  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }
  value(value: unknown): string {
    return `:v${this.#values.push(toAttribute(value)) - 1}`;
  }
  members(): Record<string, unknown> {
    const names = [...this.#names].map(([attribute, placeholder]) => [placeholder, attribute]);
    const values = this.#values.map((value, index) => [`:v${index}`, value]);
    return {
      ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
      ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
    };
  }
}

function conditionText(condition: Condition, placeholders: Placeholders): string {
  const name = placeholders.name(condition.attribute);
  if (!("value" in condition)) {
    return condition.is === "absent" ? `attribute_not_exists(${name})` : `attribute_exists(${name})`;
  }
  return `${name} ${condition.is === "!=" ? "<>" : condition.is} ${placeholders.value(condition.value)}`;
}

function whenText(when: When, placeholders: Placeholders): string {
  if (when.length === 0 || when.some((group) => group.length === 0)) {
    throw new Error("A condition needs at least one group, and every group a condition");
  }
  return when
    .map((group) => `(${group.map((condition) => conditionText(condition, placeholders)).join(" AND ")})`)
    .join(" OR ");
}

function updateText(write: Write & { readonly op: "update" }, placeholders: Placeholders): string {
  const set = Object.entries(write.set ?? {}).filter(([, value]) => value !== undefined);
  const named = [...set.map(([name]) => name), ...Object.keys(write.add ?? {}), ...(write.remove ?? [])];
  // DynamoDB refuses both; not every emulator does.
  if (new Set(named).size !== named.length) throw new Error("An update names an attribute twice");
  if (named.includes("pk") || named.includes("sk")) throw new Error("An update cannot change the key");
  const clauses: readonly (readonly [string, readonly string[]])[] = [
    ["SET", set.map(([name, value]) => `${placeholders.name(name)} = ${placeholders.value(value)}`)],
    [
      "ADD",
      Object.entries(write.add ?? {}).map(
        ([name, amount]) => `${placeholders.name(name)} ${placeholders.value(amount)}`,
      ),
    ],
    ["REMOVE", (write.remove ?? []).map((name) => placeholders.name(name))],
  ];
  return clauses
    .filter(([, parts]) => parts.length > 0)
    .map(([clause, parts]) => `${clause} ${parts.join(", ")}`)
    .join(" ");
}

/** Members of a Put, Update, Delete or ConditionCheck, alone or within a transaction. */
export function writeInput(write: Write, table: string): Record<string, unknown> {
  const placeholders = new Placeholders();
  const update = write.op === "update" ? updateText(write, placeholders) : "";
  const condition = write.when === undefined ? "" : whenText(write.when, placeholders);
  return {
    TableName: table,
    ...(write.op === "put"
      ? { Item: toAttributes(write.item) }
      : { Key: toAttributes({ pk: write.key.pk, sk: write.key.sk }) }),
    ...(update !== "" && { UpdateExpression: update }),
    ...(condition !== "" && { ConditionExpression: condition }),
    ...placeholders.members(),
  };
}

export function queryInput(query: Query, table: string): Record<string, unknown> {
  checkPage(query);
  const placeholders = new Placeholders();
  const parts = [`${placeholders.name("pk")} = ${placeholders.value(query.pk)}`];
  const sk = (): string => placeholders.name("sk");
  if (query.prefix) parts.push(`begins_with(${sk()}, ${placeholders.value(query.prefix)})`);
  if (query.between) {
    const [from, to] = query.between;
    parts.push(`${sk()} BETWEEN ${placeholders.value(from)} AND ${placeholders.value(to)}`);
  }
  return {
    TableName: table,
    KeyConditionExpression: parts.join(" AND "),
    ...placeholders.members(),
    Limit: query.limit ?? 1000,
    ScanIndexForward: !query.descending,
    ConsistentRead: query.consistent ?? false,
    ...(query.after && { ExclusiveStartKey: toAttributes({ pk: query.after.pk, sk: query.after.sk }) }),
  };
}

/** DynamoDB refuses a page that continues outside what is asked for; not every emulator does. */
function checkPage({ pk, prefix, between, after }: Query): void {
  if (prefix !== undefined && between) throw new Error("Ask for a prefix or a range, not both");
  if (!after) return;
  const bytes = (text: string): Buffer => Buffer.from(text);
  const below = between && Buffer.compare(bytes(after.sk), bytes(between[0])) < 0;
  const above = between && Buffer.compare(bytes(after.sk), bytes(between[1])) > 0;
  if (after.pk !== pk || !after.sk.startsWith(prefix ?? "") || below || above) {
    throw new Error("The page to continue is not of this query");
  }
}
