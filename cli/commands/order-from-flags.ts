/** An order as a FHIR ServiceRequest, from what was typed. */
import { CommandFailed, exitCodes } from "../failures.ts";

export interface OrderFlags {
  readonly patient?: string;
  readonly name?: string;
  readonly birth?: string;
  readonly sex?: string;
  readonly accession?: string;
  readonly procedure?: string;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly side?: string;
  readonly priority?: string;
  readonly date?: string;
}

const dcm = "http://dicom.nema.org/resources/ontology/DCM";
const identifierTypes = "http://terminology.hl7.org/CodeSystem/v2-0203";

/** The server says what of it is wrong, in a sentence; only the patient's id is asked for here. */
export function orderFromFlags(flags: OrderFlags, now: Date): object {
  const { patient, name, birth, sex, accession, procedure, modality, bodyPart, side, priority } = flags;
  if (patient === undefined) throw new CommandFailed("Say whose: --patient <id>.", exitCodes.usage);
  const codes = [bodyPart?.toUpperCase(), side].flatMap((code) => (code === undefined ? [] : [{ code }]));
  return {
    resourceType: "ServiceRequest",
    status: "active",
    intent: "order",
    ...(priority && { priority }),
    ...(accession && {
      identifier: [{ type: { coding: [{ system: identifierTypes, code: "ACSN" }] }, value: accession }],
    }),
    contained: [
      {
        resourceType: "Patient",
        id: "patient",
        identifier: [{ value: patient }],
        ...(name && { name: [{ text: name }] }),
        ...(sex && { gender: sex }),
        ...(birth && { birthDate: birth }),
      },
    ],
    subject: { reference: "#patient" },
    ...(procedure && { code: { text: procedure } }),
    ...(modality && { orderDetail: [{ coding: [{ system: dcm, code: modality.toUpperCase() }] }] }),
    ...(codes.length > 0 && { bodySite: [{ coding: codes }] }),
    occurrenceDateTime: flags.date ?? localDay(now),
  };
}

/** The day as this machine's clock shows it, which is the clinic's. */
function localDay(now: Date): string {
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}
