import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { EventBus } from "../ports.ts";
import { inRequests } from "./batches.ts";
import { briefly } from "./patience.ts";
import { type RetryOptions, withRetries } from "./retries.ts";
import { faultOf, ServiceFault } from "./service-fault.ts";

export interface EventBridgeOptions {
  readonly busName: string;
  /** The `source` that rules match on. */
  readonly source: string;
  readonly client?: EventBridgeClient;
  readonly retries?: RetryOptions;
}
interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

/** Events on EventBridge. An event may arrive twice. */
export function eventBridgeBus({
  busName,
  source,
  client = new EventBridgeClient({ maxAttempts: 1, requestHandler: briefly }),
  retries,
}: EventBridgeOptions): EventBus {
  return {
    async publish(events) {
      const entries = events.map(({ type, detail }) => {
        const text = JSON.stringify(detail);
        if (!text?.startsWith("{")) throw new Error("The detail of an event must be an object");
        return { EventBusName: busName, Source: source, DetailType: type, Detail: text };
      });
      for (const request of inRequests(entries, sizeOf)) await putAll(client, request, retries);
    },
  };
}

/** As the EventBridge user guide counts an entry ("Calculating PutEvents event entry size"). */
const sizeOf = ({ Source, DetailType, Detail }: Entry): number =>
  Buffer.byteLength(Source) + Buffer.byteLength(DetailType) + Buffer.byteLength(Detail);

/** Puts again what a partly failed request left behind. */
async function putAll(
  client: EventBridgeClient,
  entries: readonly Entry[],
  retries: RetryOptions | undefined,
): Promise<void> {
  let left = entries;
  const attempt = async (): Promise<void> => {
    const command = new PutEventsCommand({ Entries: [...left] });
    const { Entries: results = [] } = await client.send(command).catch((error: unknown) => {
      throw faultOf("PutEvents", error);
    });
    const failed = left.filter((_, index) => results[index]?.ErrorCode !== undefined);
    const code = results.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode;
    left = failed;
    if (code !== undefined) {
      throw new ServiceFault("PutEvents", { code, status: code === "InternalFailure" ? 500 : 400 });
    }
  };
  await withRetries(attempt, undefined, retries);
}
