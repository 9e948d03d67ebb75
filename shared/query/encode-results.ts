/** A search's results in the media type that was asked for (PS3.18 §10.6.4, Table 10.6.4-1). */
import type { DicomJson } from "../catalog/items.ts";
import { bestMediaType } from "../contract/media-types.ts";
import type { Dataset } from "../dicom/json-model.ts";

export interface Encoded {
  readonly contentType: string;
  readonly body: unknown;
}

const json = { type: "application/dicom+json", multipart: false } as const;
const plainJson = { type: "application/json", multipart: false } as const;
const xml = { type: "application/dicom+xml", multipart: true } as const;

/** The best of what can be answered; throws Problem("not-acceptable") before anything is read. */
export const resultType = (accept: string | null): typeof json | typeof plainJson | typeof xml =>
  bestMediaType(accept, [json, plainJson, xml]);

/** Each result is a part of its own where the answer is XML. */
export async function encodeResults(
  results: readonly DicomJson[],
  type: ReturnType<typeof resultType>,
  boundary: string,
): Promise<Encoded> {
  if (!type.multipart) return { contentType: type.type, body: results };
  const { nativeModel } = await import("../dicom/native-model.ts");
  const parts = results.map(
    (result) =>
      `--${boundary}\r\nContent-Type: ${xml.type}; charset=utf-8\r\n\r\n${nativeModel(result as Dataset)}\r\n`,
  );
  return {
    contentType: `multipart/related; type="${xml.type}"; boundary=${boundary}`,
    body: `${parts.join("")}--${boundary}--\r\n`,
  };
}
