/** DynamoDB's typed JSON, as the stream delivers it, back to an item. By hand: the SDK's own costs every cold start. */
import type { AttributeValue } from "aws-lambda";
import type { Item } from "../../shared/ports.ts";

export type Image = Readonly<Record<string, AttributeValue>>;

export function itemOf(image: Image): Item {
  return membersOf(image) as Item;
}

const membersOf = (image: Image): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plain(value)]));

function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.M !== undefined) return membersOf(value.M);
  if (value.L !== undefined) return value.L.map(plain);
  if (value.SS !== undefined) return new Set(value.SS);
  if (value.B !== undefined) return new Uint8Array(Buffer.from(value.B, "base64"));
  return null;
}
