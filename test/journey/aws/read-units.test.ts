/** What indexed searches really consume: DynamoDB's own count, where unit tests compute it and emulators report another. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { narrowTable } from "../../../shared/access/narrow-table.ts";
import { dynamoTable } from "../../../shared/aws/dynamo-table.ts";
import { sdkTransport } from "../../../shared/aws/sdk-transport.ts";
import { parseSearch } from "../../../shared/query/parse-search.ts";
import { searchStudies } from "../../../shared/query/search-studies.ts";
import { aws, describeOnAws, names } from "../../support/aws.ts";
import {
  cloud,
  eventually,
  type SendOptions,
  type SentFile,
  send,
  settled,
  signedIn,
} from "../../support/cloud.ts";
import { testGrant } from "../../support/grant.ts";
import { ctInstance, newUid } from "../../support/instances.ts";
import { user } from "../../support/principals.ts";

const admin = signedIn("hospital-admin@linjiang-city");
const hospital = { region: cloud.region, hospital: "linjiang-city" };
const run = Date.now();
/** Names are searched by their letters. */
const letters = [...String(run)].map((digit) => "abcdefghij"[Number(digit)]).join("");
const wanted = {
  studyUid: newUid(),
  patientId: `W${run}`,
  accession: `A${run}`,
  patientName: `Chu${letters}^Yun`,
  studyDate: "19990909",
};
const searches = [
  `StudyInstanceUID=${wanted.studyUid}`,
  `AccessionNumber=${wanted.accession}`,
  `PatientID=${wanted.patientId}`,
  `PatientID=${wanted.patientId}&StudyDate=19990101-19991231`,
  `PatientName=${wanted.patientName}`,
  `PatientName=Chu${letters}*`,
];

interface Consumed {
  readonly CapacityUnits?: number;
}

/** The stage's catalog, read as the query function reads it, and every unit it was charged for. */
function meteredGrant(): { readonly grant: Grant; readonly units: () => number } {
  let units = 0;
  const send = sdkTransport(new DynamoDBClient(aws));
  const table = dynamoTable({
    tables: { catalog: names.table("catalog") },
    send: async (operation, input) => {
      const output = await send(operation, { ...input, ReturnConsumedCapacity: "TOTAL" });
      const consumed = [output.ConsumedCapacity as Consumed | readonly Consumed[] | undefined].flat();
      for (const one of consumed) units += one?.CapacityUnits ?? 0;
      return output;
    },
  });
  const reach = { hospitals: [hospital], studies: [], grantees: [] };
  const principal = user("radiologist", hospital.hospital);
  const grant = testGrant({ principal, action: "searchStudies", reach });
  return {
    grant: { ...grant, hospital, table: narrowTable(table, reach), audit: async () => undefined },
    units: () => units,
  };
}

async function unitsOf(query: string): Promise<number> {
  const { grant, units } = meteredGrant();
  const { studies } = await searchStudies(grant, parseSearch(new URLSearchParams(query), "study"));
  expect(studies.map(({ studyUid }) => studyUid)).toEqual([wanted.studyUid]);
  return units();
}

const others = (count: number): SentFile[] =>
  Array.from({ length: count }, (_, index) => {
    const one = { patientId: `O${run}-${index}`, accession: `O${run}-${index}`, studyDate: "19990909" };
    const bytes = ctInstance({ ...one, studyUid: newUid(), patientName: `Other${index}^Patient` });
    return { name: `${index}.dcm`, bytes };
  });

async function grow(files: readonly SentFile[], options: SendOptions = {}): Promise<void> {
  await settled(admin, await send(admin, files, options), 240);
}

describeOnAws("an indexed search", () => {
  it("consumes the same few read units in a larger archive", async () => {
    const { studyUid } = wanted;
    const expected = [{ studyUid, instances: 1 }];
    await grow([{ name: "wanted.dcm", bytes: ctInstance(wanted) }], { expected });
    await eventually("a rolled-up study", 60, async () => {
      const { body } = await admin.get(`/v1/studies/${studyUid}`);
      return body.complete ? true : undefined;
    });
    const inSmall = await Promise.all(searches.map(unitsOf));
    await grow(others(200));
    const inLarge = await Promise.all(searches.map(unitsOf));
    console.info(searches.map((query, index) => `${inLarge[index]} read units: ${query}`).join("\n"));
    expect(inLarge).toEqual(inSmall);
    for (const units of inLarge) expect(units).toBeLessThanOrEqual(5);
    for (const units of inLarge) expect(units).toBeGreaterThan(0);
  }, 600_000);
});
