/**
 * Timezone Offset From UTC (PS3.3 §C.12.1.1.8) says of every date and time of an object how far it is from UTC, those of its
 * study among them: it is the one they are written in, or nobody's.
 */
import { dateOf, element, type SourceDataset, timeOf } from "./elements.ts";
import { type SourceIdentity, textIn } from "./identity.ts";

type Whose = Pick<SourceIdentity, "order" | "study">;

/** `+hhmm`: the study's own, else that of the time by which its order names its day; undefined where nobody says. */
export function timezoneOf({ order, study }: Whose): string | undefined {
  if (study) return offsetIn(textIn(study.attributes, "00080201"));
  const { occurrence, authoredOn } = order.content;
  const [, zone] = /T.*(Z|[+-]\d{2}:\d{2})$/.exec(occurrence ?? authoredOn) ?? [];
  return zone === "Z" ? "+0000" : offsetIn(zone?.replace(":", ""));
}

const offsetIn = (text: string | undefined): string | undefined =>
  text !== undefined && /^(?:\+(?:0\d|1[0-4])|-(?:0\d|1[0-2]))[0-5]\d$/.test(text) && text !== "-0000"
    ? text
    : undefined;

/** A moment under the tags of a date and a time; left out where it would be read as another moment. */
export function momentIn(whose: Whose, at: Date, dateTag: string, timeTag: string): SourceDataset {
  const zone = timezoneOf(whose);
  if (zone === undefined) return {};
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3));
  const local = new Date(at.getTime() + (zone.startsWith("-") ? -1 : 1) * minutes * 60_000);
  return { [dateTag]: element("DA", dateOf(local)), [timeTag]: element("TM", timeOf(local)) };
}
