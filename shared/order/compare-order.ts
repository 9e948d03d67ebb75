/** Where a study contradicts its order: what the technician must know while the patient is still there. */
import type { Found } from "../catalog/findings.ts";
import { bodyPartsAgree, sexes, sides } from "./codes.ts";
import type { OrderItem } from "./items.ts";
import { isImaging, type SeriesFacts, type StudyFacts } from "./study-facts.ts";

/** What only one of them says contradicts nothing. */
export async function compareOrder(order: OrderItem, facts: StudyFacts): Promise<readonly Found[]> {
  return [...(await identity(order, facts)), ...procedure(order, facts)];
}

async function identity({ orderId, content }: OrderItem, facts: StudyFacts): Promise<readonly Found[]> {
  const { patient } = content;
  const found: Found[] = [];
  const differs = (code: Found["code"]) => found.push({ code, of: orderId });
  if (facts.patientId !== undefined && facts.patientId !== patient.id) differs("order-patient-id-differs");
  if (facts.name && patient.name) {
    const { namesAgree } = await import("./names-agree.ts");
    if (!namesAgree(facts.name, patient.name)) differs("order-name-differs");
  }
  if (!datesAgree(facts.birthDate, patient.birthDate)) differs("order-birth-date-differs");
  if (!sexesAgree(facts.sex, patient.gender)) differs("order-sex-differs");
  return found;
}

/** An order may know the year only (FHIR date), and an image may hold what is no date. */
function datesAgree(image: string | undefined, order: string | undefined): boolean {
  const asked = order?.replaceAll("-", "");
  const said = image?.replaceAll(/[-.]/g, "");
  if (!asked || !said || !/^\d{8}$/.test(said)) return true;
  return said.startsWith(asked);
}

function sexesAgree(image: string | undefined, gender: OrderItem["content"]["patient"]["gender"]): boolean {
  if (gender === undefined || gender === "unknown" || image === undefined) return true;
  const known = Object.values(sexes) as readonly string[];
  return !known.includes(image) || image === sexes[gender];
}

function procedure({ orderId, content }: OrderItem, { series }: StudyFacts): readonly Found[] {
  const images = series.filter(({ modality }) => modality !== undefined && isImaging(modality));
  const made = [...new Set(images.map(({ modality }) => modality as string))];
  const { modality } = content;
  const wrongModality = modality !== undefined && made.length > 0 && !made.includes(modality);
  return [
    ...(wrongModality
      ? [
          {
            code: "order-modality-differs",
            of: orderId,
            values: { ordered: modality, made: made.join(", ") },
          } as const,
        ]
      : []),
    ...images.flatMap((one) => [...bodyPart(content, one), ...laterality(content, one)]),
  ];
}

function bodyPart({ bodyPart: ordered }: OrderItem["content"], series: SeriesFacts): readonly Found[] {
  const made = series.bodyPart;
  if (ordered === undefined || made === undefined || bodyPartsAgree(ordered, made)) return [];
  return [{ code: "order-body-part-differs", of: series.seriesUid, values: { ordered, made } }];
}

/** Both sides ordered may come one by one. */
function laterality({ laterality: ordered }: OrderItem["content"], series: SeriesFacts): readonly Found[] {
  const made = sides[series.laterality ?? ""];
  if (ordered === undefined || ordered === "B" || made === undefined || made === ordered) return [];
  return [{ code: "order-laterality-differs", of: series.seriesUid, values: { ordered, made } }];
}
