/** Elements of a data set as dcmjs takes them. */
export interface SourceElement {
  readonly vr: string;
  readonly Value: readonly unknown[];
}
export type SourceDataset = Readonly<Record<string, SourceElement>>;

/** An empty value for what a module requires and nobody knows (type 2, PS3.5 §7.4.3). */
export const element = (vr: string, ...values: readonly (string | number | undefined)[]): SourceElement => ({
  vr,
  Value: values.flatMap((value) => (value === undefined || value === "" ? [] : [value])),
});

/** LO holds 64 characters, and no backslash (PS3.5 §6.2). */
export const longText = (text: string | undefined): string | undefined =>
  text && [...text.replaceAll("\\", "/")].slice(0, 64).join("");

export const dateOf = (at: Date): string => at.toISOString().slice(0, 10).replaceAll("-", "");
export const timeOf = (at: Date): string => at.toISOString().slice(11, 19).replaceAll(":", "");
