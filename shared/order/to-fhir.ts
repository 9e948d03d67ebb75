/** An order as FHIR R4 ServiceRequest: https://hl7.org/fhir/R4/servicerequest.html */
import type { ServiceRequest } from "../contract/schemas/order.ts";
import type { CodeableConcept } from "../report/fhir-types.ts";
import { codeOfEncounter, systems } from "./codes.ts";
import { humanNames, nameText } from "./fhir-names.ts";
import type { OrderContent, OrderItem, OrderPatient, OrderStudyItem } from "./items.ts";

const concept = (system: string, code: string): CodeableConcept => ({ coding: [{ system, code }] });

/** `baseUrl`: of the API, without trailing slash. */
export function serviceRequest(
  order: OrderItem,
  studies: readonly OrderStudyItem[],
  baseUrl: string,
): ServiceRequest {
  const { orderId, version, updatedAt, status, content } = order;
  const { identifiers = [], occurrence, reason, modality, bodySite } = content;
  const resource = {
    resourceType: "ServiceRequest",
    id: orderId,
    meta: { versionId: String(version), lastUpdated: updatedAt },
    contained: containedOf(content),
    identifier: [...accessionOf(content), ...identifiers],
    status,
    intent: content.intent,
    priority: content.priority,
    ...(content.code && { code: content.code }),
    ...(modality && { orderDetail: [concept(systems.dcm, modality)] }),
    ...(bodySite && { bodySite }),
    subject: subjectOf(content.patient),
    ...(encounterCode(content) && { encounter: { reference: "#encounter", type: "Encounter" } }),
    ...(occurrence && { occurrenceDateTime: occurrence }),
    authoredOn: content.authoredOn,
    ...(content.requester && { requester: requesterOf(content.requester) }),
    ...(reason && { reasonCode: [{ text: reason }] }),
    ...(studies.length > 0 && { supportingInfo: studies.map((study) => imagingStudy(study, baseUrl)) }),
  };
  return resource as unknown as ServiceRequest;
}

function containedOf(content: OrderContent): ServiceRequest["contained"] {
  const { patient, requester } = content;
  const code = encounterCode(content);
  const { name, gender, birthDate } = patient;
  return [
    {
      resourceType: "Patient",
      id: "patient",
      identifier: [identifierOf(patient)],
      ...(name && {
        name: humanNames(name).map(({ given, ...rest }) => ({ ...rest, given: [...(given ?? [])] })),
      }),
      ...(gender && { gender }),
      ...(birthDate && { birthDate }),
    },
    ...(requester
      ? [
          {
            resourceType: "PractitionerRole" as const,
            id: "requester",
            ...(requester.id && { identifier: [{ value: requester.id }] }),
            ...(requester.name && { practitioner: { display: requester.name } }),
            ...(requester.organization && { organization: { display: requester.organization } }),
          },
        ]
      : []),
    ...(code
      ? [
          {
            resourceType: "Encounter" as const,
            id: "encounter",
            status: "unknown",
            class: { system: systems.encounterClass, code },
          },
        ]
      : []),
  ];
}

const accessionOf = ({ accession, accessionSystem }: OrderContent) =>
  accession === undefined
    ? []
    : [
        {
          type: concept(systems.identifierTypes, "ACSN"),
          ...(accessionSystem && { system: accessionSystem }),
          value: accession,
        },
      ];

const encounterCode = ({ encounterClass }: OrderContent): string | undefined =>
  encounterClass && codeOfEncounter[encounterClass];

const identifierOf = ({ id, system }: OrderPatient) => ({
  type: { coding: [{ system: systems.identifierTypes, code: "MR" }] },
  ...(system && { system }),
  value: id,
});

function subjectOf(patient: OrderPatient) {
  const display = nameText(patient.name);
  return { reference: "#patient", type: "Patient", ...(display && { display }) };
}

const requesterOf = ({ name }: NonNullable<OrderContent["requester"]>) => ({
  reference: "#requester",
  type: "PractitionerRole",
  ...(name && { display: name }),
});

/** How it was matched has no place of its own in R4, hence the extension. */
function imagingStudy({ studyUid, by, at, identity }: OrderStudyItem, baseUrl: string) {
  return {
    extension: [
      {
        url: `${baseUrl}/fhir/StructureDefinition/order-match`,
        extension: [
          { url: "by", valueCode: by },
          { url: "at", valueInstant: at },
          ...(identity ? [{ url: "identity", valueCode: identity }] : []),
        ],
      },
    ],
    type: "ImagingStudy",
    // R4 ImagingStudy.identifier: a Study Instance UID goes as urn:dicom:uid with an urn:oid: value.
    identifier: { system: "urn:dicom:uid", value: `urn:oid:${studyUid}` },
  };
}
