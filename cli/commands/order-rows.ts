/** Orders and unmatched studies as lines of a table. */
import type { ServiceRequest, UnmatchedStudies } from "../../shared/contract/schemas/order.ts";

export function orderRow(order: ServiceRequest): readonly string[] {
  const { id, status, subject, code, occurrenceDateTime, authoredOn = "", identifier = [] } = order;
  const patient = order.contained?.find((one) => one.resourceType === "Patient");
  const accession = identifier.find(({ type }) => type?.coding?.[0]?.code === "ACSN");
  return [
    id,
    status,
    (occurrenceDateTime ?? authoredOn).slice(0, 10),
    accession?.value ?? "",
    patient?.identifier?.[0]?.value ?? "",
    subject.display ?? "",
    code?.text ?? code?.coding?.[0]?.display ?? "",
  ];
}

export function unmatchedRow(study: UnmatchedStudies["studies"][number]): readonly string[] {
  const { studyUid, modalities, candidates } = study;
  const { Ideographic, Alphabetic } = (firstValue(study, "00100010") ?? {}) as {
    readonly Ideographic?: string;
    readonly Alphabetic?: string;
  };
  return [
    String(firstValue(study, "00080020") ?? ""),
    Ideographic ?? Alphabetic ?? "",
    String(firstValue(study, "00100020") ?? ""),
    modalities.join(", "),
    studyUid,
    candidates.join(" "),
  ];
}

const firstValue = ({ attributes }: UnmatchedStudies["studies"][number], tag: string): unknown =>
  (attributes[tag] as { readonly Value?: readonly unknown[] } | undefined)?.Value?.[0];
