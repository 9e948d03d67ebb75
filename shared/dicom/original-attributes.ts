/** Items of the Original Attributes Sequence (0400,0561): what attributes held before they were changed (PS3.3 Table C.12-1). */
import type { WriteElement } from "./write.ts";

export interface OriginalAttributes {
  readonly at: Date;
  /** PS3.3 defined terms: `COERCE` makes it fit where it is kept, `CORRECT` mends what was wrong. */
  readonly reason: "COERCE" | "CORRECT";
}

interface Before {
  readonly tag: string;
  readonly vr: "UI" | "CS";
  /** Absent: there was no such element. */
  readonly value: Uint8Array | undefined;
}

/** PS3.3: names the system that changed them. */
const modifyingSystem = "Medical Image Cloud";
/** PS3.5 §6.2: what a UI may hold; anything else is no value a reader could take. */
const conformingUid = /^[\d.]{0,64}\0?$/;

/** One item for what conformed, and one for each attribute that did not: a validator takes one nonconforming value an item. */
export function originalAttributesItems(
  before: readonly Before[],
  change: OriginalAttributes,
): readonly (readonly WriteElement[])[] {
  const conforming = before.filter(conforms);
  const each = before.filter((one) => !conforms(one)).map((one) => [one]);
  return [...(conforming.length > 0 ? [conforming] : []), ...each].map((group) => itemFor(group, change));
}

function itemFor(before: readonly Before[], { at, reason }: OriginalAttributes): readonly WriteElement[] {
  const nonconforming = before.filter((one) => !conforms(one));
  return [
    {
      tag: "04000550",
      vr: "SQ",
      value: [
        before.map(({ tag, vr, value }) => ({
          tag,
          vr,
          ...(value && conforms({ tag, vr, value }) && { value }),
        })),
      ],
    },
    ...(nonconforming.length > 0
      ? [{ tag: "04000551", vr: "SQ", value: nonconforming.map(verbatim) } as const]
      : []),
    { tag: "04000562", vr: "DT", value: dateTime(at) },
    { tag: "04000563", vr: "LO", value: modifyingSystem },
    { tag: "04000564", vr: "LO" },
    { tag: "04000565", vr: "CS", value: reason },
  ];
}

const conforms = ({ vr, value }: Before): boolean =>
  value === undefined || vr !== "UI" || conformingUid.test(Buffer.from(value).toString("latin1"));

/** Table 10-20 names the element; its bytes are kept whatever they are. */
const verbatim = ({ tag, value }: Before): readonly WriteElement[] => [
  { tag: "00720026", vr: "AT", value: tag },
  { tag: "00720028", vr: "US", value: 1 },
  { tag: "04000552", vr: "OB", value: value ?? new Uint8Array(0) },
];

/** PS3.5 §6.2 DT, in UTC. */
const dateTime = (at: Date): string => `${at.toISOString().replace(/[-:TZ]/g, "")}000+0000`;
