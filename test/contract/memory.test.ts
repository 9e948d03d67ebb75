import { fixedClock } from "../support/memory/clock.ts";
import { memoryDeadLetters } from "../support/memory/dead-letters.ts";
import { memoryDownloadSigner } from "../support/memory/download-signer.ts";
import { memoryEventBus } from "../support/memory/event-bus.ts";
import { memoryKeys } from "../support/memory/keys.ts";
import { memoryObjects } from "../support/memory/objects.ts";
import { memoryQueue } from "../support/memory/queue.ts";
import { memoryTable } from "../support/memory/table.ts";
import { memoryUploadSigner } from "../support/memory/upload-signer.ts";
import { describeDeadLettersContract } from "./dead-letters.ts";
import { describeKeysContract } from "./keys.ts";
import { describeObjectsContract } from "./objects.ts";
import { describeEventBusContract, describeQueueContract } from "./queue.ts";
import { describeSignersContract } from "./signers.ts";
import { describeTableContract } from "./table.ts";

const name = "in memory";

describeTableContract(name, memoryTable);
describeObjectsContract(name, () => ({ objects: memoryObjects(), kmsKeyId: "customer-key" }));
describeKeysContract(name, () => {
  const keys = memoryKeys();
  return {
    keys,
    states: keys,
    createSigningKey: async () => keys.createSigningKey(),
    disable: async (keyArn) => keys.disable(keyArn),
  };
});
describeDeadLettersContract(name, () => {
  const letters = memoryDeadLetters();
  return {
    letters,
    die: async (bodies) => letters.die("derive", bodies),
    receive: async () => letters.drain("derive"),
  };
});
describeQueueContract(name, () => {
  const queue = memoryQueue();
  return { queue, receive: async () => queue.drain() };
});
describeEventBusContract(name, () => {
  const bus = memoryEventBus();
  return { bus, receive: async () => bus.published() };
});
describeSignersContract(name, () => {
  const clock = fixedClock(new Date());
  const objects = memoryObjects();
  const uploads = memoryUploadSigner(objects, clock);
  const downloads = memoryDownloadSigner(objects, clock);
  return {
    uploads,
    downloads,
    objects,
    hospital: "village",
    keyGroup: "county-a",
    kmsKeyId: "customer-key",
    send: uploads.send,
    open: downloads.open,
    wait: async (seconds) => clock.advance(seconds * 1000),
  };
});
