/** What is shown in place of a picture where there is none: a kind of icon. */
import { transferSyntaxes } from "../dicom/transfer-syntaxes.ts";

export type IconKind =
  | "report"
  | "pdf"
  | "key-objects"
  | "presentation-state"
  | "radiotherapy"
  | "waveform"
  | "segmentation"
  | "parametric-map"
  | "document"
  | "video"
  | "cannot-be-shown"
  | "other";

/** Prefixes of SOP Class UIDs (PS3.4 Annex B, Table B.5-1); the first that fits wins. */
const kinds: readonly (readonly [string, IconKind])[] = [
  ["1.2.840.10008.5.1.4.1.1.88.59", "key-objects"],
  ["1.2.840.10008.5.1.4.1.1.88", "report"],
  ["1.2.840.10008.5.1.4.1.1.104.1", "pdf"],
  ["1.2.840.10008.5.1.4.1.1.104", "document"],
  ["1.2.840.10008.5.1.4.1.1.11", "presentation-state"],
  ["1.2.840.10008.5.1.4.1.1.481", "radiotherapy"],
  ["1.2.840.10008.5.1.4.1.1.9", "waveform"],
  ["1.2.840.10008.5.1.4.1.1.66.4", "segmentation"],
  ["1.2.840.10008.5.1.4.1.1.66.5", "segmentation"],
  ["1.2.840.10008.5.1.4.1.1.66.7", "segmentation"],
  ["1.2.840.10008.5.1.4.1.1.30", "parametric-map"],
];

/**
 * The icon of an object that has no thumbnail. `state`: why, as the catalog has it (`none`, `pending:…`, `unavailable:…`).
 */
export function iconOf(state: string, sopClassUid: string, transferSyntaxUid: string): IconKind {
  if (state === "none") return iconKind(sopClassUid);
  return transferSyntaxes.get(transferSyntaxUid)?.codec === "video" ? "video" : "cannot-be-shown";
}

/** The icon of a SOP class. */
export function iconKind(sopClassUid: string | undefined): IconKind {
  if (sopClassUid === undefined) return "other";
  const fits = kinds.find(([prefix]) => sopClassUid === prefix || sopClassUid.startsWith(`${prefix}.`));
  return fits?.[1] ?? "other";
}
