/** What a consult writes besides itself (ConsultItem) and the StudyAccess items. */
import type { ConsultItem, DicomJson } from "../catalog/items.ts";
import type { StudyKey } from "../catalog/keys.ts";
import type { Item } from "../ports.ts";

/** A consult as the receiving hospital's worklist shows it: no second lookup for a list. */
export interface WorklistItem extends Item, StudyKey {
  readonly type: "worklist";
  readonly consultId: string;
  readonly toHospital: string;
  readonly priority: ConsultItem["priority"];
  readonly status: ConsultItem["status"];
  readonly question?: string;
  readonly createdAt: string;
  readonly answeredAt?: string;
  /** Epoch seconds, the table's TTL: it shows a patient of another hospital, so it goes when the access goes. */
  readonly expiresAt: number;
  /** The study's patient and description attributes, as they stood when it was referred. */
  readonly summary: DicomJson;
}

/** In the study's partition. */
export interface ConsultPointerItem extends Item, StudyKey {
  readonly type: "consult-pointer";
  readonly consultId: string;
  readonly toHospital: string;
  readonly priority: ConsultItem["priority"];
  readonly status: ConsultItem["status"];
}
