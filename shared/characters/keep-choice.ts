/** The choice beside the originals: a catalog made again from the archive alone reads the text as people have decided. */
import type { StudyItem } from "../catalog/items.ts";
import type { StudyKey } from "../catalog/keys.ts";
import { Problem } from "../errors.ts";
import { objectKeys } from "../object-keys.ts";
import type { ObjectRef, ObjectStore } from "../ports.ts";
import { automatic, type Choice, checkedChoice } from "./choice.ts";

export interface KeptChoice {
  readonly choice: Choice;
  readonly by?: string;
  readonly at?: string;
  /** 0: nobody chose. */
  readonly textRevision: number;
}

const refOf = (key: StudyKey): ObjectRef => ({ bucket: "archive", key: objectKeys.characterSet(key) });

/** Each choice is a version of one object. Nothing of the patient is in it. */
export async function keepChoice(objects: Pick<ObjectStore, "put">, study: StudyItem): Promise<void> {
  const { characterSet, textRevision } = study;
  if (!characterSet) return;
  const body = Buffer.from(JSON.stringify({ ...characterSet, textRevision }));
  await objects.put(refOf(study), body, {
    contentType: "application/json",
    kmsKeyId: study.keyArn,
  });
}

/** As kept; `automatic` where nobody chose. */
export async function readKeptChoice(objects: Pick<ObjectStore, "read">, key: StudyKey): Promise<KeptChoice> {
  try {
    const kept = JSON.parse(Buffer.from(await objects.read(refOf(key))).toString()) as Record<
      string,
      unknown
    >;
    const { choice, by, at, textRevision } = kept;
    return {
      choice: checkedChoice(String(choice)),
      ...(typeof by === "string" && { by }),
      ...(typeof at === "string" && { at }),
      textRevision: Number.isSafeInteger(textRevision) ? (textRevision as number) : 1,
    };
  } catch (error) {
    if (error instanceof Problem && error.type === "not-found") return { choice: automatic, textRevision: 0 };
    throw error;
  }
}
