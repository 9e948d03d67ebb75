/** A process of its own: makes an object of as large a photograph as is taken, and says what it kept resident, in MiB. */
import sharp from "sharp";
import type { OrderItem } from "../../shared/order/items.ts";
import { makeObject } from "../../shared/sources/make-object.ts";

const order = {
  orderId: "01J0RDER000000000000000000",
  day: "20270301",
  content: {
    intent: "order",
    priority: "routine",
    patient: { id: "P-1" },
    authoredOn: "2027-03-01T08:00:00.000Z",
  },
} as unknown as OrderItem;

const background = { r: 200, g: 10, b: 30 };
const photograph = sharp({ create: { width: 8000, height: 8000, channels: 3, background } });
const [type, bytes] =
  process.argv[2] === "png"
    ? (["image/png", await photograph.png().toBuffer()] as const)
    : (["image/jpeg", await photograph.withMetadata({ orientation: 6 }).jpeg().toBuffer()] as const);
await makeObject(type, bytes, {
  order,
  studyUid: "2.25.1",
  seriesUid: "2.25.2",
  sopUid: "2.25.3",
  instanceNumber: 1,
  sha256: "0".repeat(64),
  at: new Date(0),
});
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));
