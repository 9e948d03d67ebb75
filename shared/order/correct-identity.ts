/** A study shown under the patient of its order. What is archived, and its metadata as retrieved, stay as they were sent. */
import type { Grant } from "../access/grant.ts";
import { identityTags } from "../catalog/identity-tags.ts";
import type { DicomJson, StudyItem } from "../catalog/items.ts";
import { keys } from "../catalog/keys.ts";
import { nameKeys } from "../catalog/names.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { Clock, Condition, Write } from "../ports.ts";
import { changeMatched, type OrderAndStudy } from "./change-matched.ts";
import { sexes } from "./codes.ts";
import type { OrderItem, OrderPatient } from "./items.ts";

/** Shows the study under the order's patient. Doing it again changes nothing. Its search items follow from the table's stream. */
export const correctIdentity = (grant: Grant, clock: Clock, which: OrderAndStudy): Promise<ServiceRequest> =>
  changeMatched(grant, clock, which, {
    detail: "shown as the order's patient",
    writes: (order, study, at) => {
      if (study.correctedIdentity) return [];
      const { attributes, patientId, nameKeys: keysOfName } = study;
      const original = { attributes, patientId, nameKeys: keysOfName };
      const set = {
        ...shownAs(study, order.content.patient),
        correctedIdentity: { by: grant.caller.principal.id, at, original },
      };
      const when = [[...asRead(study, order), { attribute: "correctedIdentity", is: "absent" } as const]];
      return [
        { op: "update", key: keys.study(study), set, when },
        ...noted(study, order, at, { set: { identity: "order" } }),
      ];
    },
  });

/** Shows the study under the patient its images name again. */
export const restoreIdentity = (grant: Grant, clock: Clock, which: OrderAndStudy): Promise<ServiceRequest> =>
  changeMatched(grant, clock, which, {
    detail: "shown as its images say",
    writes: (order, study, at) => {
      const { correctedIdentity } = study;
      if (!correctedIdentity) return [];
      const { attributes, patientId, nameKeys: keysOfName } = correctedIdentity.original;
      return [
        {
          op: "update",
          key: keys.study(study),
          set: {
            attributes,
            ...(patientId !== undefined && { patientId }),
            ...(keysOfName !== undefined && { nameKeys: keysOfName }),
          },
          remove: [
            "correctedIdentity",
            ...(patientId === undefined ? ["patientId"] : []),
            ...(keysOfName === undefined ? ["nameKeys"] : []),
          ],
          when: [[...asRead(study, order), { attribute: "correctedIdentity", is: "present" }]],
        },
        ...noted(study, order, at, { remove: ["identity"] }),
      ];
    },
  });

/**
 * The study is the order's still, and another character set was neither chosen nor shown since it was read: its text must not be
 * written back.
 */
const asRead = ({ textRevision, pendingText }: StudyItem, { orderId }: OrderItem): readonly Condition[] => [
  { attribute: "orderId", is: "=", value: orderId },
  textRevision === undefined
    ? { attribute: "textRevision", is: "absent" }
    : { attribute: "textRevision", is: "=", value: textRevision },
  { attribute: "pendingText", is: pendingText ? "present" : "absent" },
];

/** On the order's side; the order itself must not have changed its patient meanwhile. */
function noted(
  study: StudyItem,
  order: OrderItem,
  updatedAt: string,
  change: Pick<Extract<Write, { op: "update" }>, "set" | "remove">,
): readonly Write[] {
  const { orderId, version } = order;
  return [
    {
      op: "update",
      key: keys.orderStudy(study, orderId),
      ...change,
      when: [[{ attribute: "pk", is: "present" }]],
    },
    {
      op: "update",
      key: keys.order(order, orderId),
      set: { updatedAt },
      add: { version: 1 },
      when: [[{ attribute: "version", is: "=", value: version }]],
    },
  ];
}

function shownAs(study: StudyItem, patient: OrderPatient) {
  if (!patient.name)
    throw new Problem("conflict", "The order does not say the patient's name: complete it first.");
  const { name, id, birthDate, gender } = patient;
  const sex = gender === "unknown" ? undefined : gender && sexes[gender];
  const day = birthDate?.replaceAll("-", "");
  const others = Object.entries(study.attributes).filter(
    ([tag]) => !(identityTags as readonly string[]).includes(tag),
  );
  const attributes: DicomJson = {
    ...Object.fromEntries(others),
    "00100010": { vr: "PN", Value: [name] },
    "00100020": { vr: "LO", Value: [id] },
    ...(day?.length === 8 && { "00100030": { vr: "DA", Value: [day] } }),
    ...(sex && { "00100040": { vr: "CS", Value: [sex] } }),
  };
  return { attributes, patientId: id, nameKeys: nameKeys(name) };
}
