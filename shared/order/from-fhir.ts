/** A FHIR R4 ServiceRequest, its form already checked, as an order. */
import type { OrderRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { CodeableConcept } from "../report/fhir-types.ts";
import { bodyParts, encounterClasses, sides, systems } from "./codes.ts";
import { nameText, personNameFrom } from "./fhir-names.ts";
import type { OrderContent, OrderIdentifier, OrderPatient } from "./items.ts";

type Contained = NonNullable<OrderRequest["contained"]>[number];
type Reference = OrderRequest["subject"];
type Concepts = OrderRequest["orderDetail"];

/** Throws Problem `invalid-request` that names the member which is missing or leads nowhere. */
export function orderFrom(request: OrderRequest, now: Date): OrderContent {
  const { identifier = [], intent, priority, bodySite, occurrenceDateTime, authoredOn } = request;
  const numbered = identifier.find((one) => typeCode(one) === "ACSN");
  const accession = numbered?.value.trim();
  const others = identifier.filter((one) => typeCode(one) !== "ACSN");
  return defined({
    intent,
    priority,
    accession: accession === "" ? undefined : accession,
    accessionSystem: numbered?.system,
    identifiers: others.length === 0 ? undefined : (others as readonly OrderIdentifier[]),
    patient: patientOf(request),
    code: request.code as CodeableConcept | undefined,
    modality: modalityIn(request.orderDetail),
    bodyPart: firstCode(bodySite, bodyPartOf),
    laterality: firstCode(bodySite, ({ code }) => sides[code]),
    bodySite: bodySite as readonly CodeableConcept[] | undefined,
    requester: requesterOf(request),
    encounterClass: encounterClassOf(request),
    occurrence: occurrenceDateTime,
    authoredOn: authoredOn ?? now.toISOString(),
    reason: reasonOf(request),
  });
}

/** The day on which the examination is asked for, as its sender's clock shows it. YYYYMMDD. */
export const dayOf = ({ occurrence, authoredOn }: OrderContent): string =>
  (occurrence ?? authoredOn).slice(0, 10).replaceAll("-", "");

function patientOf(request: OrderRequest): OrderPatient {
  const { subject } = request;
  const patient = containedIn(request, subject, "body/subject/reference", "Patient");
  const identifier = patient?.identifier?.[0] ?? subject.identifier;
  const id = identifier?.value.trim();
  if (!id)
    throw invalid(
      "body/subject",
      "must carry an identifier of the patient, or lead to a contained Patient that has one",
    );
  const named = patient?.name ?? (subject.display === undefined ? [] : [{ text: subject.display }]);
  return defined({
    id,
    system: identifier?.system,
    name: personNameFrom(named),
    birthDate: patient?.birthDate,
    gender: patient?.gender,
  });
}

function requesterOf(request: OrderRequest): OrderContent["requester"] {
  const { requester } = request;
  if (!requester) return undefined;
  const pointer = "body/requester/reference";
  const role = containedIn(request, requester, pointer, "PractitionerRole");
  const person = containedIn(request, role?.practitioner ?? requester, pointer, "Practitioner");
  const found = defined({
    name: nameText(personNameFrom(person?.name)) ?? role?.practitioner?.display ?? requester.display,
    id: (person?.identifier ?? role?.identifier)?.[0]?.value ?? requester.identifier?.value,
    organization: role?.organization?.display ?? role?.organization?.identifier?.value,
  });
  return Object.keys(found).length === 0 ? undefined : found;
}

function encounterClassOf(request: OrderRequest): OrderContent["encounterClass"] {
  if (!request.encounter) return undefined;
  const encounter = containedIn(request, request.encounter, "body/encounter/reference", "Encounter");
  return encounter && (encounterClasses[encounter.class.code] ?? "unknown");
}

/**
 * The contained resource a reference leads to; undefined where it leads out of the request, or to a resource of another
 * type, which another rule reads.
 */
function containedIn<T extends Contained["resourceType"]>(
  { contained = [] }: OrderRequest,
  { reference }: Reference,
  pointer: string,
  type: T,
): Extract<Contained, { readonly resourceType: T }> | undefined {
  if (!reference?.startsWith("#")) return undefined;
  const found = contained.find(({ id }) => `#${id}` === reference);
  if (!found) throw invalid(pointer, "leads to no contained resource");
  return found.resourceType === type
    ? (found as Extract<Contained, { readonly resourceType: T }>)
    : undefined;
}

interface Code {
  readonly system?: string | undefined;
  readonly code: string;
}
const typeCode = ({
  type,
}: {
  readonly type?: { readonly coding?: readonly Code[] | undefined } | undefined;
}) => type?.coding?.[0]?.code;

function firstCode<T>(concepts: Concepts, meaning: (code: Code) => T | undefined): T | undefined {
  for (const code of (concepts ?? []).flatMap(({ coding = [] }) => coding)) {
    const found = meaning(code);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** PS3.5 §6.2: a CS. */
const modalityIn = (concepts: Concepts): string | undefined =>
  firstCode(concepts, ({ system, code }) =>
    system === systems.dcm && /^[A-Z0-9 _]{2,16}$/.test(code) ? code : undefined,
  );

/** A SNOMED CT code of PS3.16 Annex L, or that table's own term. */
const bodyPartOf = ({ system, code }: Code): string | undefined => {
  if (system === systems.snomed) return bodyParts[code];
  return /^[A-Z][A-Z0-9 _]{1,15}$/.test(code) ? code : undefined;
};

function reasonOf({ reasonCode = [] }: OrderRequest): string | undefined {
  const texts = reasonCode.map(({ text, coding = [] }) => text ?? coding[0]?.display ?? coding[0]?.code);
  const reason = texts.filter(Boolean).join("; ").slice(0, 1000);
  return reason === "" ? undefined : reason;
}

const invalid = (pointer: string, detail: string): Problem =>
  new Problem("invalid-request", `${pointer}: ${detail}`, {
    extensions: { errors: [{ pointer, detail }] },
  });

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the members that are undefined. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}
