/** A report version as FHIR R4: DiagnosticReport, the doctor who signed as Practitioner, the signature as Provenance. */
import type { StudyItem } from "../catalog/items.ts";
import type { ReportContent } from "./content.ts";
import type {
  Bundle,
  CodeableConcept,
  DiagnosticReport,
  Practitioner,
  Provenance,
  Reference,
} from "./fhir-types.ts";
import type { ReportVersionItem, Signature, Signer } from "./items.ts";
import { plainText } from "./plain-text.ts";

export interface FhirInput {
  readonly item: ReportVersionItem;
  readonly content: ReportContent;
  readonly study: StudyItem;
  /** Base URL of the API, without trailing slash. */
  readonly baseUrl: string;
}

const loinc = "http://loinc.org";
const signatureTypes = "urn:iso-astm:E1762-95:2013";
const participantTypes = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
const concept = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system, code, display }],
});
const base64 = (data: string | Uint8Array): string => Buffer.from(data).toString("base64");

export function diagnosticReportBundle(input: FhirInput): Bundle {
  const { item, baseUrl } = input;
  const { signed } = item;
  const resources = [
    diagnosticReport(input),
    ...(signed ? [practitioner(signed.signer), provenance(input, signed)] : []),
  ];
  return {
    resourceType: "Bundle",
    type: "collection",
    timestamp: item.updatedAt,
    entry: resources.map((resource) => ({
      fullUrl: `${baseUrl}/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}

function diagnosticReport({ item, content, study, baseUrl }: FhirInput): DiagnosticReport {
  const { signed } = item;
  const who = signed ? performer(signed.signer) : { display: item.author.name };
  return {
    resourceType: "DiagnosticReport",
    id: item.reportId,
    meta: { versionId: String(item.version), lastUpdated: item.updatedAt },
    language: content.language,
    identifier: [{ system: `${baseUrl}/v1/reports`, value: item.reportId }],
    status: statusOf(item),
    category: [concept("http://terminology.hl7.org/CodeSystem/v2-0074", "RAD", "Radiology")],
    code: concept(loinc, "18748-4", "Diagnostic imaging study"),
    ...subjectOf(study),
    ...(study.studyDate && { effectiveDateTime: fhirDate(study.studyDate) }),
    ...(signed && { issued: signed.at }),
    performer: [who, organization(signed?.signer.hospital ?? item.author.hospital, baseUrl)],
    ...(signed && { resultsInterpreter: [who] }),
    imagingStudy: [
      {
        type: "ImagingStudy",
        // R4 ImagingStudy.identifier: a Study Instance UID goes as urn:dicom:uid with an urn:oid: value.
        identifier: { system: "urn:dicom:uid", value: `urn:oid:${item.studyUid}` },
      },
    ],
    ...(content.impression && { conclusion: content.impression }),
    presentedForm: [
      {
        contentType: "text/plain; charset=utf-8",
        language: content.language,
        data: base64(plainText(content)),
      },
    ],
  };
}

/** R4 DiagnosticReportStatus: an unsigned report is unverified, so `partial`; `preliminary` would claim more. */
function statusOf({ signed, previous }: ReportVersionItem): DiagnosticReport["status"] {
  if (!signed) return "partial";
  return previous ? "amended" : "final";
}

function subjectOf({ patientId, attributes, hospital }: StudyItem): { subject?: Reference } {
  const name = attributes["00100010"]?.Value?.[0] as
    | { Alphabetic?: string; Ideographic?: string }
    | undefined;
  const display = name?.Ideographic || name?.Alphabetic;
  if (!patientId && !display) return {};
  return {
    subject: {
      type: "Patient",
      ...(patientId && { identifier: { system: `urn:hospital:${hospital}:patient`, value: patientId } }),
      ...(display && { display }),
    },
  };
}

const practitionerId = ({ licence }: Signer): string =>
  `licence-${licence.replaceAll(/[^A-Za-z0-9.-]/g, "-")}`.slice(0, 64);

/** HL7 v2-0203 MD: medical licence number. */
const licenceOf = ({ licence }: Signer) => ({
  type: concept("http://terminology.hl7.org/CodeSystem/v2-0203", "MD", "Medical License number"),
  value: licence,
});

function practitioner(signer: Signer): Practitioner {
  return {
    resourceType: "Practitioner",
    id: practitionerId(signer),
    identifier: [licenceOf(signer)],
    name: [{ text: signer.name }],
  };
}

function performer(signer: Signer): Reference {
  return {
    reference: `Practitioner/${practitionerId(signer)}`,
    type: "Practitioner",
    identifier: licenceOf(signer),
    display: signer.name,
  };
}

const organization = (hospital: string, baseUrl: string): Reference => ({
  type: "Organization",
  identifier: { system: `${baseUrl}/v1/hospitals`, value: hospital },
});

function provenance({ item, baseUrl }: FhirInput, signed: Signature): Provenance {
  const who = performer(signed.signer);
  const version = `${baseUrl}/v1/reports/${item.reportId}`;
  const source = (role: "source" | "revision", of: number, display: string) => ({
    role,
    what: { reference: `${version}/verification?version=${of}&signed=true`, display },
  });
  return {
    resourceType: "Provenance",
    id: `${item.reportId}-${item.version}`,
    target: [{ reference: `DiagnosticReport/${item.reportId}/_history/${item.version}` }],
    recorded: signed.at,
    activity: concept(
      "http://terminology.hl7.org/CodeSystem/v3-DocumentCompletion",
      "LA",
      "legally authenticated",
    ),
    agent: [
      {
        type: concept(participantTypes, "author", "Author"),
        who,
        onBehalfOf: organization(signed.signer.hospital, baseUrl),
      },
    ],
    entity: [
      source("source", item.version, `Signed document, SHA-256 ${signed.sha256}`),
      ...(item.previous
        ? [source("revision", item.previous.version, `Amended document, SHA-256 ${item.previous.sha256}`)]
        : []),
    ],
    signature: [signatureOf(signed, who)],
  };
}

function signatureOf(signed: Signature, who: Reference): Provenance["signature"][number] {
  return {
    type: [{ system: signatureTypes, code: "1.2.840.10065.1.12.1.1", display: "Author's Signature" }],
    when: signed.at,
    who,
    // What is signed is the canonical JSON (RFC 8785) named as source, not this resource.
    targetFormat: "application/json",
    sigFormat: "application/vnd.ecdsa-p256-sha256.der",
    data: base64(signed.signature),
  };
}

/** DA to FHIR date (PS3.5 §6.2): YYYYMMDD. */
const fhirDate = (date: string): string => date.replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
