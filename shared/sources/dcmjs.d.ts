/** As much of dcmjs as is used here and compared with in tests; the package brings no types. */
declare module "dcmjs" {
  interface DcmjsElement {
    readonly vr?: string;
    readonly Value?: unknown;
  }
  export const data: {
    readonly DicomMessage: {
      readFile(
        bytes: ArrayBuffer,
        options?: { readonly untilTag: string },
      ): { readonly dict: Readonly<Record<string, DcmjsElement>> };
    };
    readonly DicomDict: new (
      meta: Readonly<Record<string, DcmjsElement>>,
    ) => {
      dict: Readonly<Record<string, DcmjsElement>>;
      write(options: { readonly fragmentMultiframe: boolean }): ArrayBuffer;
    };
  };
}
