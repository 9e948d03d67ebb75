/** CloudFormation's custom resource protocol: when a stage that is not production goes, so does what lies in it. */
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import * as z from "zod/mini";
import { emptyBucket, retireKeys } from "../../shared/aws/retire-stage.ts";
import { errorFields, log } from "../log.ts";

const properties = z.object({ buckets: z.array(z.string()), keysOf: z.optional(z.string()) });

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    if (event.RequestType === "Delete") await removeAll(properties.parse(event.ResourceProperties));
    await answer(event, "SUCCESS");
  } catch (error) {
    log("error", "stage not emptied", { requestId: event.RequestId, ...errorFields(error) });
    await answer(event, "FAILED");
  }
}

async function removeAll({ keysOf, buckets }: z.output<typeof properties>): Promise<void> {
  for (const bucket of buckets) log("info", "emptied", { bucket, versions: await emptyBucket(bucket) });
  if (keysOf) log("info", "retired", { keys: await retireKeys(keysOf) });
}

/** One resource a stage, so its physical id is its name. Without an answer CloudFormation waits for an hour. */
async function answer(event: CloudFormationCustomResourceEvent, Status: "SUCCESS" | "FAILED"): Promise<void> {
  const body = JSON.stringify({
    Status,
    Reason: `See the log of ${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
    PhysicalResourceId: "emptied-on-destroy",
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const response = await fetch(event.ResponseURL, { method: "PUT", body, headers: { "content-type": "" } });
  if (!response.ok) throw new Error(`CloudFormation refused the answer: ${response.status}`);
}
