/** What orders keep in the catalog. docs/data-layout.md is their page for people. */
import type { DicomJson, EncounterClass, MatchedBy } from "../catalog/items.ts";
import type { HospitalKey, StudyKey } from "../catalog/keys.ts";
import type { PersonName } from "../dicom/json-model.ts";
import type { Item } from "../ports.ts";
import type { CodeableConcept } from "../report/fhir-types.ts";

export type OrderStatus = "active" | "completed" | "revoked";

/** An order in this project's terms: what is matched, compared and written into images. */
export interface OrderContent {
  readonly intent: string;
  readonly priority: "routine" | "urgent" | "asap" | "stat";
  readonly accession?: string;
  /** URI of who gave the accession number. */
  readonly accessionSystem?: string;
  /** Other identifiers of the order, such as the placer's number, as they came. */
  readonly identifiers?: readonly OrderIdentifier[];
  readonly patient: OrderPatient;
  readonly code?: CodeableConcept;
  /** DICOM Modality (0008,0060). */
  readonly modality?: string;
  /** Body Part Examined (0018,0015), where the order's body site has such a term. */
  readonly bodyPart?: string;
  readonly laterality?: Laterality;
  readonly bodySite?: readonly CodeableConcept[];
  readonly requester?: { readonly name?: string; readonly id?: string; readonly organization?: string };
  readonly encounterClass?: EncounterClass;
  readonly occurrence?: string;
  readonly authoredOn: string;
  readonly reason?: string;
}
export type Laterality = "L" | "R" | "B";

export interface OrderIdentifier {
  readonly type?: CodeableConcept;
  readonly system?: string;
  readonly value: string;
}

export interface OrderPatient {
  readonly id: string;
  /** URI of who issued the id. */
  readonly system?: string;
  readonly name?: PersonName;
  /** FHIR date: a year, a month or a day. */
  readonly birthDate?: string;
  readonly gender?: "male" | "female" | "other" | "unknown";
}

export interface OrderItem extends Item, HospitalKey {
  readonly type: "order";
  readonly orderId: string;
  /** Grows with every change; FHIR's versionId. */
  readonly version: number;
  readonly status: OrderStatus;
  readonly content: OrderContent;
  /** Studies matched to it. */
  readonly matched: number;
  /** YYYYMMDD on which the examination is asked for. */
  readonly day: string;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface OrderStudyItem extends Item, StudyKey {
  readonly type: "order-study";
  readonly orderId: string;
  readonly by: MatchedBy;
  readonly at: string;
  /** The study is shown under the order's patient. */
  readonly identity?: "order";
}

export interface OrderUseItem extends Item, HospitalKey {
  readonly type: "order-use";
  /** When the hospital last placed an order. */
  readonly at: string;
}

/** A study as the list of unmatched ones shows it. */
export interface UnmatchedStudyItem extends Item, StudyKey {
  readonly type: "unmatched-study";
  readonly seenAt: string;
  readonly summary: DicomJson;
  readonly modalities: readonly string[];
  readonly candidates: readonly string[];
}
