/** The same hospital on the real adapters and an emulator: every run has a hospital of its own. */
import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { keyState } from "../../../shared/access/key-state.ts";
import { dynamoTable } from "../../../shared/aws/dynamo-table.ts";
import { s3Objects } from "../../../shared/aws/s3-objects.ts";
import { s3UploadSigner } from "../../../shared/aws/s3-upload-signer.ts";
import { signedFetch } from "../../../shared/aws/signed-fetch.ts";
import { keys } from "../../../shared/catalog/keys.ts";
import { allVersions } from "../../../shared/catalog/list-all.ts";
import type { BucketName, Item } from "../../../shared/ports.ts";
import { uploadLimits } from "../../../shared/upload/limits.ts";
import type { ContractCloud } from "../../contract/provision.ts";
import { fixedClock } from "../memory/clock.ts";
import { testRegion } from "../principals.ts";
import type { Ground } from "./ground.ts";

/** Only for the URLs of AWS itself, which no emulator test asks. */
const urlSuffix = "invalid";
const prefixes: Readonly<Record<BucketName, readonly string[]>> = {
  landing: ["routine/", "stat/"],
  archive: [`${testRegion}/`, `uncorrected/${testRegion}/`],
  derived: [`${testRegion}/`],
  quarantine: [`quarantine/${testRegion}/`, `conflict/${testRegion}/`, `corrected/${testRegion}/`],
};

/** `calm`: so that a look at everything is not what fails. */
export async function emulatorGround(
  cloud: ContractCloud,
  name: string,
  calm: <T>(look: () => Promise<T>) => Promise<T>,
): Promise<Ground> {
  const { tables, buckets, keyGroup, kmsKeyId: keyArn, uploaderRoleArn } = cloud;
  const hospital = { region: testRegion, hospital: name };
  // Ahead of the emulator's own clock: it refuses a retention that has ended.
  const clock = fixedClock();
  const table = dynamoTable({ send: signedFetch({ urlSuffix }), tables });
  const objects = s3Objects({ buckets, lockMode: "GOVERNANCE" });
  const createdAt = clock.now().toISOString();
  const item = {
    ...keys.hospital(hospital),
    type: "hospital",
    ...hospital,
    name,
    tier: "county",
    keyGroup,
    keyArn,
    createdAt,
  };
  await calm(() => table.write([{ op: "put", item }]));
  const enabled = keyState({ enabled: async () => true }, clock);
  return {
    hospital,
    keyArn,
    table,
    objects,
    clock,
    upload: {
      signer: s3UploadSigner({ buckets, urlSuffix, uploaderRoleArn }),
      keyState: enabled,
      clock,
      limits: uploadLimits,
    },
    async send({ url, headers }, body) {
      return (await fetch(url, { method: "PUT", headers, body: new Uint8Array(body) })).status;
    },
    items: () => calm(() => itemsOf(tables.catalog, name)),
    versions: (bucket) =>
      calm(async () => {
        const under = prefixes[bucket].map((prefix) => versionsUnder(objects, bucket, `${prefix}${name}/`));
        return (await Promise.all(under)).flat();
      }),
  };
}

async function itemsOf(TableName: string, hospital: string): Promise<readonly Item[]> {
  const client = new DynamoDBClient({ maxAttempts: 10 });
  const items: Item[] = [];
  let start: Record<string, AttributeValue> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName,
        ConsistentRead: true,
        FilterExpression: "hospital = :h OR contains(pk, :t)",
        ExpressionAttributeValues: { ":h": { S: hospital }, ":t": { S: `#${hospital}#` } },
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []).map((one) => unmarshall(one) as Item));
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

async function versionsUnder(objects: Ground["objects"], bucket: BucketName, prefix: string) {
  const versions = await allVersions(objects, bucket, prefix);
  return versions.filter(({ deleted }) => !deleted);
}
