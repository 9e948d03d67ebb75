/** An order's identity and a chosen character set on one study: both rewrite what it shows, in any order and at once. */
import { beforeEach, describe, expect, it } from "@jest/globals";
import { keys } from "../../../shared/catalog/keys.ts";
import { setCharacterSet } from "../../../shared/characters/set-character-set.ts";
import type { PersonName } from "../../../shared/dicom/json-model.ts";
import { correctIdentity, restoreIdentity } from "../../../shared/order/correct-identity.ts";
import type { Table } from "../../../shared/ports.ts";
import { testGrant } from "../../support/grant.ts";
import { type OrderDesk, orderDesk, staff, defaultStudy as studyUid } from "../../support/order-desk.ts";

/** 周, as GBK has it and as Latin-1 shows it. */
const patientName = Uint8Array.of(0xd6, 0xdc);
const [chinese, latin] = ["周", "ÖÜ"];

let desk: OrderDesk;
let orderId: string;
beforeEach(async () => {
  desk = await orderDesk();
  const name = [{ text: "Li Si" }];
  orderId = (await desk.order({ accession: "A-1", patientId: "P-2", name })).id;
  await desk.scan({ patientName, characterSet: "GB18030" });
  await desk.follow();
});

const grant = (table: Table) => {
  const study = { ...desk.hospital, studyUid };
  return { ...testGrant({ principal: staff.admin, action: "test", study, ...desk.here }), table };
};
const choose = (characterSet: string, table = desk.stream.table) =>
  setCharacterSet(grant(table), desk.here.clock, { characterSet });
const about = () => ({ orderId, studyUid, baseUrl: "https://here" });
const correct = (table = desk.stream.table) => correctIdentity(grant(table), desk.here.clock, about());
const restore = (table = desk.stream.table) => restoreIdentity(grant(table), desk.here.clock, about());
const nameIn = (attributes: Readonly<Record<string, { readonly Value?: readonly unknown[] }>>) =>
  (attributes["00100010"]?.Value?.[0] as PersonName | undefined)?.Alphabetic;
const names = async () => {
  const { attributes, correctedIdentity } = await desk.study();
  return [nameIn(attributes), correctedIdentity && nameIn(correctedIdentity.original.attributes)];
};
/** Under which the study is found. */
const foundAs = () =>
  desk.here.table
    .items("catalog")
    .filter(({ pk, type }) => type === "find" && /#NAME#/.test(pk))
    .map(({ sk }) => sk.split("#")[0]);

/** Somebody else is quicker: `meanwhile` happens just before the first write to the study. */
function overtaken(meanwhile: () => Promise<unknown>): Table {
  let first = true;
  const study = keys.study({ ...desk.hospital, studyUid });
  return {
    ...desk.stream.table,
    async write(writes) {
      const touches = writes.some((write) => write.op === "update" && write.key.sk === study.sk);
      if (touches && first) {
        first = false;
        await meanwhile();
      }
      return desk.stream.table.write(writes);
    },
  };
}

describe("a study shown under its order's patient in another character set", () => {
  it.each<[string, readonly (() => Promise<unknown>)[]]>([
    ["first the identity", [() => correct(), () => choose("ISO_IR 100")]],
    ["first the character set", [() => choose("ISO_IR 100"), () => correct()]],
    ["the identity before the new text is shown", [() => choose("ISO_IR 100").then(() => correct())]],
    [
      "the new text while the identity is corrected",
      [() => correct(overtaken(() => choose("ISO_IR 100").then(() => desk.follow())))],
    ],
  ])("has the order's name, and its images' in that set when it is restored: %s", async (_, steps) => {
    for (const step of steps) {
      await step();
      await desk.follow();
    }
    expect(await names()).toEqual(["Li Si", latin]);
    await restore();
    await desk.follow();
    expect(await names()).toEqual([latin, undefined]);
    await choose("automatic");
    await desk.follow();
    expect(await names()).toEqual([chinese, undefined]);
    expect(foundAs()).toContain(chinese);
    expect(foundAs().some((name) => name?.startsWith("li"))).toBe(false);
  });

  it("is restored in the text that was chosen meanwhile", async () => {
    await correct();
    await desk.follow();
    await restore(overtaken(() => choose("ISO_IR 100").then(() => desk.follow())));
    await desk.follow();
    expect(await names()).toEqual([latin, undefined]);
  });
});
