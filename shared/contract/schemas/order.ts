/** Orders as FHIR R4 ServiceRequest: what is taken in, and what is answered. Members of FHIR not named here are left out. */
import * as z from "zod/mini";
import { instant, uid, ulid } from "./identifiers.ts";

const text = (longest: number, what: string) =>
  z.string().check(z.minLength(1), z.maxLength(longest), z.regex(/^[^\p{Cc}]+$/u), z.describe(what));
/** Becomes part of a DICOM person name, where these characters delimit (PS3.5 §6.2.1). */
const nameText = z
  .string()
  .check(
    z.maxLength(64),
    z.regex(/^[^\p{Cc}^=\\]*$/u),
    z.describe("At most 64 characters, without control characters, ^, = and backslash"),
  );
/** LO and SH take no backslash (PS3.5 §6.2). */
const identifierValue = z
  .string()
  .check(
    z.minLength(1),
    z.maxLength(64),
    z.regex(/^[^\p{Cc}\\*?]+$/u),
    z.describe("At most 64 characters, without control characters, backslash, * and ?"),
  );

/** Its own entry of the API's description, which refers to it by FHIR's name. */
const fhirType = <Schema extends z.ZodMiniType>(id: string, schema: Schema): Schema => {
  z.globalRegistry.add(schema, { id });
  return schema;
};

const coding = z.object({
  system: z.optional(text(256, "A URI, at most 256 characters")),
  code: text(64, "At most 64 characters"),
  display: z.optional(text(256, "At most 256 characters")),
});
const concept = fhirType(
  "CodeableConcept",
  z.object({
    coding: z.optional(z.array(coding).check(z.maxLength(10))),
    text: z.optional(text(1000, "At most 1000 characters")),
  }),
);
const identifier = fhirType(
  "Identifier",
  z.object({
    type: z.optional(concept),
    system: z.optional(text(256, "A URI, at most 256 characters")),
    value: identifierValue,
  }),
);
const identifiers = z.optional(z.array(identifier).check(z.maxLength(20)));
const reference = fhirType(
  "Reference",
  z.object({
    reference: z.optional(text(256, "Such as #patient, a contained resource")),
    type: z.optional(text(64, "Such as Patient")),
    identifier: z.optional(identifier),
    display: z.optional(nameText),
  }),
);
const humanName = fhirType(
  "HumanName",
  z.object({
    text: z.optional(nameText),
    family: z.optional(nameText),
    given: z.optional(z.array(nameText).check(z.maxLength(8))),
  }),
);
const id = z.optional(text(64, "At most 64 characters"));

const patient = fhirType(
  "Patient",
  z.object({
    resourceType: z.literal("Patient"),
    id,
    identifier: identifiers,
    name: z.optional(
      z
        .array(humanName)
        .check(z.maxLength(4), z.describe("One written in hanzi, one in Latin letters, or either")),
    ),
    gender: z.optional(z.enum(["male", "female", "other", "unknown"])),
    birthDate: z.optional(
      z
        .string()
        .check(z.regex(/^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$/), z.describe("FHIR date")),
    ),
  }),
);
const practitioner = fhirType(
  "Practitioner",
  z.object({
    resourceType: z.literal("Practitioner"),
    id,
    identifier: identifiers,
    name: z.optional(z.array(humanName).check(z.maxLength(4))),
  }),
);
const practitionerRole = fhirType(
  "PractitionerRole",
  z.object({
    resourceType: z.literal("PractitionerRole"),
    id,
    identifier: identifiers,
    practitioner: z.optional(reference),
    organization: z.optional(reference),
  }),
);
const encounter = fhirType(
  "Encounter",
  z.object({
    resourceType: z.literal("Encounter"),
    id,
    status: z.optional(text(32, "EncounterStatus")),
    class: coding,
  }),
);

const dateTime = z
  .string()
  .check(
    z.regex(/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?$/),
    z.describe("FHIR dateTime with at least the day; a time has seconds and a time zone"),
  );
const status = z.enum(["active", "completed", "revoked"]);

const common = {
  resourceType: z.literal("ServiceRequest"),
  contained: z.optional(
    z
      .array(z.discriminatedUnion("resourceType", [patient, practitioner, practitionerRole, encounter]))
      .check(z.maxLength(10)),
  ),
  identifier: identifiers,
  priority: z._default(z.enum(["routine", "urgent", "asap", "stat"]), "routine"),
  code: z.optional(concept),
  orderDetail: z.optional(
    z
      .array(concept)
      .check(z.maxLength(10), z.describe("A coding in DICOM's DCM names the modality, such as CT")),
  ),
  bodySite: z.optional(
    z
      .array(concept)
      .check(z.maxLength(10), z.describe("Body part (SNOMED CT, or DICOM's Defined Term) and laterality")),
  ),
  subject: reference,
  encounter: z.optional(reference),
  occurrenceDateTime: z.optional(dateTime),
  authoredOn: z.optional(dateTime),
  requester: z.optional(reference),
  reasonCode: z.optional(z.array(concept).check(z.maxLength(10))),
};

const body = z.object({
  ...common,
  id: z.optional(z.string()),
  status: z._default(z.enum(["active", "completed", "revoked"]), "active"),
  intent: z._default(
    z.enum(["order", "original-order", "reflex-order", "filler-order", "instance-order"]),
    "order",
  ),
});

const serviceRequest = fhirType(
  "ServiceRequest",
  z.object({
    ...common,
    id: ulid,
    meta: z.object({ versionId: z.string(), lastUpdated: instant }),
    status: status.check(z.describe("active: no study yet; completed: matched; revoked: cancelled")),
    intent: z.string(),
    supportingInfo: z.optional(
      z
        .array(z.record(z.string(), z.unknown()))
        .check(z.describe("ImagingStudy by identifier, with how and when it was matched")),
    ),
  }),
);

const orderId = z.object({ orderId: ulid });
const orderStudy = z.object({ orderId: ulid, studyUid: uid });
const limit = z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200)));
const cursor = z.optional(z.string().check(z.maxLength(400)));
const next = z.exactOptional(z.string().check(z.describe("Pass as ?cursor= for more")));

const unmatched = z.object({
  studyUid: uid,
  seenAt: instant.check(z.describe("When its first image arrived")),
  attributes: z
    .record(z.string(), z.unknown())
    .check(z.describe("DICOM JSON of patient and study, for a list")),
  modalities: z.array(z.string()),
  candidates: z.array(ulid).check(z.describe("Orders it might be for; empty where none was found")),
});

export const orderSchemas = {
  createOrder: { body, reply: serviceRequest },
  listOrders: {
    query: z.object({
      status: z.optional(status),
      accession: z.optional(identifierValue),
      patient: z.optional(identifierValue.check(z.describe("The patient's id"))),
      cursor,
      limit,
    }),
    reply: z.object({ orders: z.array(serviceRequest), next }),
  },
  listUnmatchedStudies: {
    query: z.object({ cursor, limit }),
    reply: z.object({ studies: z.array(unmatched), next }),
  },
  getOrder: { params: orderId, reply: serviceRequest },
  updateOrder: { params: orderId, body, reply: serviceRequest },
  matchStudy: { params: orderId, body: z.strictObject({ studyUid: uid }), reply: serviceRequest },
  unmatchStudy: { params: orderStudy, reply: serviceRequest },
  correctIdentity: { params: orderStudy, reply: serviceRequest },
  restoreIdentity: { params: orderStudy, reply: serviceRequest },
  getServiceRequest: { params: orderId, reply: serviceRequest },
} as const;

export type OrderRequest = z.output<typeof body>;
export type ServiceRequest = z.output<typeof serviceRequest>;
export type UnmatchedStudies = z.output<typeof orderSchemas.listUnmatchedStudies.reply>;
