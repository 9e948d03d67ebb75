import { deflateRawSync, inflateRawSync as nodes } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { constants, inflateRawSync } from "../../../web/src/upload/node-zlib.ts";

const text = new TextEncoder().encode("CT head 头颅 ".repeat(9000));
const deflated = deflateRawSync(text);
const whole = { maxOutputLength: 2 ** 24, finishFlush: constants.Z_FINISH };
const prefix = { ...whole, finishFlush: constants.Z_SYNC_FLUSH };

describe("inflating in the browser", () => {
  it("gives what Node gives, with padding behind the stream too", () => {
    expect(inflateRawSync(deflated, whole)).toEqual(new Uint8Array(nodes(deflated)));
    const padded = Uint8Array.from([...deflated, 0]);
    expect(inflateRawSync(padded, whole)).toEqual(new Uint8Array(nodes(padded)));
  });

  it("of a prefix gives the beginning", () => {
    const beginning = inflateRawSync(deflated.subarray(0, 120), prefix);
    expect(beginning.length).toBeGreaterThan(20);
    expect(text.subarray(0, beginning.length)).toEqual(beginning);
  });

  it.each([
    ["a stream that ends early", () => inflateRawSync(deflated.subarray(0, 120), whole), "Z_BUF_ERROR"],
    [
      "bytes that are no stream",
      () => inflateRawSync(Uint8Array.from([0xff, 1, 2, 3]), whole),
      "Z_DATA_ERROR",
    ],
    [
      "more than may come out",
      () => inflateRawSync(deflated, { ...whole, maxOutputLength: 1000 }),
      "ERR_BUFFER_TOO_LARGE",
    ],
  ])("refuses %s with Node's code", (_, act, code) => {
    expect(act).toThrow(expect.objectContaining({ code }));
  });
});
