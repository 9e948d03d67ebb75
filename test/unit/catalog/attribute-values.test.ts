import { describe, expect, it } from "@jest/globals";
import { itemOf } from "../../../functions/catalog/attribute-values.ts";
import { changeOf } from "../../../functions/catalog/on-table-changed.ts";

describe("a record of the stream", () => {
  it("becomes the items before and after", () => {
    const change = changeOf({
      dynamodb: {
        SequenceNumber: "42",
        OldImage: { pk: { S: "a" }, sk: { S: "b" } },
        NewImage: { pk: { S: "a" }, sk: { S: "b" }, instances: { N: "3" } },
      },
    });
    expect(change).toEqual({
      sequence: "42",
      before: { pk: "a", sk: "b" },
      after: { pk: "a", sk: "b", instances: 3 },
    });
  });

  it("keeps every kind of value", () => {
    expect(
      itemOf({
        pk: { S: "a" },
        sk: { S: "b" },
        yes: { BOOL: true },
        none: { NULL: true },
        list: { L: [{ N: "1.5" }, { S: "x" }] },
        map: { M: { "00100010": { M: { vr: { S: "PN" } } } } },
        set: { SS: ["x", "y"] },
        bytes: { B: "AQI=" },
      }),
    ).toEqual({
      pk: "a",
      sk: "b",
      yes: true,
      none: null,
      list: [1.5, "x"],
      map: { "00100010": { vr: "PN" } },
      set: new Set(["x", "y"]),
      bytes: Uint8Array.of(1, 2),
    });
  });
});
