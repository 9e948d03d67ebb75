/** Which VR an attribute has where the file does not say (implicit VR, UN). */
import { attributeVrs } from "./attribute-vrs.ts";
import { isVr, type Vr } from "./value-representations.ts";

/** A VR, or a choice the data set decides: see `attributeVrs`. */
type DictionaryVr = Vr | "XS" | "XO" | "XW";

const groups = new Map<number, ReadonlyMap<number, DictionaryVr>>();

/**
 * VR of an attribute by group and element number. `signed`: Pixel Representation is 1. Undefined for private attributes
 * other than private creators, and for attributes PS3.6 does not list.
 */
export function dictionaryVr(group: number, element: number, signed: boolean): Vr | undefined {
  if (element === 0) return "UL";
  if (group & 1) return element >= 0x10 && element <= 0xff ? "LO" : undefined;
  const vr = groupOf(group).get(element) ?? repeated(group, element);
  if (vr === "XS") return signed ? "SS" : "US";
  return vr === "XO" || vr === "XW" ? "OW" : vr;
}

/** Source Image IDs (0020,31xx) repeat by element (PS3.6 §6). */
const repeated = (group: number, element: number): Vr | undefined =>
  group === 0x0020 && element >= 0x3100 && element <= 0x31ff ? "CS" : undefined;

function groupOf(group: number): ReadonlyMap<number, DictionaryVr> {
  const high = group & 0xff00;
  const canonical = high === 0x5000 || high === 0x6000 ? high : group;
  let found = groups.get(canonical);
  if (!found) {
    found = parseGroup(attributeVrs[canonical.toString(16).toUpperCase().padStart(4, "0")] ?? "");
    // Groups unknown to the standard are not kept: a hostile file could name 32,768 of them.
    if (found.size > 0) groups.set(canonical, found);
  }
  return found;
}

function parseGroup(packed: string): ReadonlyMap<number, DictionaryVr> {
  const vrs = new Map<number, DictionaryVr>();
  for (let at = 0; at < packed.length; at += 6) {
    const vr = packed.slice(at + 4, at + 6);
    if (isVr(vr) || vr === "XS" || vr === "XO" || vr === "XW")
      vrs.set(Number.parseInt(packed.slice(at, at + 4), 16), vr);
  }
  return vrs;
}
