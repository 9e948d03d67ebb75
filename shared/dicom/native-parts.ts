/** Data sets as parts of multipart/related; type="application/dicom+xml" (PS3.18 §8.7.3.2). */
import { randomUUID } from "node:crypto";
import type { Dataset } from "./json-model.ts";

const type = "application/dicom+xml";

export interface NativeParts {
  readonly contentType: string;
  readonly body: string;
}

/** The model and its keywords are loaded where somebody asks for XML. */
export async function nativeParts(datasets: Iterable<Dataset>): Promise<NativeParts> {
  const { nativeModel } = await import("./native-model.ts");
  const boundary = randomUUID();
  const parts = [];
  for (const dataset of datasets)
    parts.push(`--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\n\r\n${nativeModel(dataset)}\r\n`);
  return {
    contentType: `multipart/related; type="${type}"; boundary=${boundary}`,
    body: `${parts.join("")}--${boundary}--\r\n`,
  };
}
