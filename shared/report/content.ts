/** What a report says. Encrypted wherever it is stored. */
export interface ReportContent {
  /** BCP 47, such as `zh-CN`. */
  readonly language: string;
  readonly findings: string;
  readonly impression: string;
  readonly recommendation?: string;
  /** A finding somebody must be told of now. */
  readonly critical?: boolean;
  readonly modality?: string;
  readonly bodyPart?: string;
  /** Why a signed version was amended. */
  readonly amendmentReason?: string;
}
