/** The few FHIR R4 shapes this project writes: https://hl7.org/fhir/R4/ */
export interface Identifier {
  readonly system?: string;
  readonly value: string;
  readonly type?: CodeableConcept;
}
export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}
export interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}
export interface Reference {
  readonly reference?: string;
  readonly type?: string;
  readonly identifier?: Identifier;
  readonly display?: string;
}
export interface Attachment {
  readonly contentType: string;
  readonly language?: string;
  /** base64 */
  readonly data?: string;
  readonly url?: string;
  readonly title?: string;
}

export interface DiagnosticReport {
  readonly resourceType: "DiagnosticReport";
  readonly id: string;
  readonly meta: { readonly versionId: string; readonly lastUpdated: string };
  readonly language: string;
  readonly identifier: readonly Identifier[];
  readonly status: "partial" | "final" | "amended";
  readonly category: readonly CodeableConcept[];
  readonly code: CodeableConcept;
  readonly subject?: Reference;
  readonly effectiveDateTime?: string;
  readonly issued?: string;
  readonly performer: readonly Reference[];
  readonly resultsInterpreter?: readonly Reference[];
  readonly imagingStudy: readonly Reference[];
  readonly conclusion?: string;
  readonly presentedForm: readonly Attachment[];
}

export interface Practitioner {
  readonly resourceType: "Practitioner";
  readonly id: string;
  readonly identifier: readonly Identifier[];
  readonly name: readonly { readonly text: string }[];
}

export interface Provenance {
  readonly resourceType: "Provenance";
  readonly id: string;
  readonly target: readonly Reference[];
  readonly recorded: string;
  readonly activity: CodeableConcept;
  readonly agent: readonly {
    readonly type: CodeableConcept;
    readonly who: Reference;
    readonly onBehalfOf?: Reference;
  }[];
  readonly entity: readonly { readonly role: "source" | "revision"; readonly what: Reference }[];
  readonly signature: readonly {
    readonly type: readonly Coding[];
    readonly when: string;
    readonly who: Reference;
    readonly targetFormat: string;
    readonly sigFormat: string;
    readonly data: string;
  }[];
}

export type Resource = DiagnosticReport | Practitioner | Provenance;
export interface Bundle {
  readonly resourceType: "Bundle";
  readonly type: "collection";
  readonly timestamp: string;
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}
