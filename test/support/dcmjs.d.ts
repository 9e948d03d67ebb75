/** The one function of dcmjs that tests and the bench compare with; the package brings no types. */
declare module "dcmjs" {
  export const data: {
    readonly DicomMessage: {
      readFile(
        bytes: ArrayBuffer,
        options: { readonly untilTag: string },
      ): { readonly dict: Readonly<Record<string, { readonly vr?: string; readonly Value?: unknown }>> };
    };
  };
}
