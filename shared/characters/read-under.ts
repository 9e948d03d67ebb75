import type { Header } from "../dicom/read.ts";
import { readHeaderAgain } from "../ingest/read-landed-header.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { automatic, type Choice, declared, termsOf } from "./choice.ts";

/** The header of an original with its text in the chosen character set. Throws DicomRejected. */
export async function readUnder(
  objects: Pick<ObjectStore, "read" | "stream">,
  ref: ObjectRef,
  size: number,
  choice: Choice,
  found?: Header,
): Promise<Header> {
  const read = (terms?: readonly string[]): Promise<Header> => readHeaderAgain(objects, ref, size, terms);
  if (choice !== automatic && choice !== declared) return read(termsOf(choice));
  const header = found ?? (await read());
  const { characterSet } = header;
  return choice === declared && characterSet.corrected ? read(characterSet.declared) : header;
}
