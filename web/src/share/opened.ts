/** What an opened link shows, as GET /v1/shares/opened answers it. */
export interface Opened {
  readonly expiresAt: string;
  readonly permission: "view" | "download";
  readonly study: {
    readonly studyUid: string;
    readonly patientName: { readonly alphabetic?: string; readonly ideographic?: string };
    readonly patientSex?: string;
    readonly patientAge?: string;
    readonly studyDate?: string;
    readonly description?: string;
    readonly hospitalName: string;
  };
  readonly series: readonly OpenedSeries[];
  readonly reports: readonly OpenedReport[];
}
export interface OpenedSeries {
  readonly seriesUid: string;
  readonly modality: string;
  readonly description?: string;
  readonly representative?: string;
  readonly instances: readonly { readonly sopUid: string; readonly frames: number }[];
}
export interface OpenedReport {
  readonly reportId: string;
  readonly version: number;
  readonly signedAt: string;
  readonly signer: { readonly name: string; readonly licence: string; readonly hospital: string };
  readonly content: {
    readonly findings: string;
    readonly impression: string;
    readonly recommendation?: string;
  };
}
