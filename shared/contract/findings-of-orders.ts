/** What a study and its order contradict each other in. Numbers, terms and sides only: never what the patient is called. */
import type { FindingKind } from "./findings.ts";

export const orderFindings = {
  "order-patient-id-differs": {
    source: "order",
    severity: "action",
    en: {
      what: "The patient id in the images is not the one of the order.",
      do: "Ask the patient who they are. Then correct the order, or match the study to the right one.",
    },
    zh: {
      what: "影像中的患者编号与申请单不一致。",
      do: "请当面核对患者身份，然后更正申请单，或将该检查匹配到正确的申请单。",
    },
  },
  "order-name-differs": {
    source: "order",
    severity: "action",
    en: {
      what: "The patient's name in the images is not the one of the order.",
      do: "Ask the patient who they are. Then correct the order, or match the study to the right one.",
    },
    zh: {
      what: "影像中的患者姓名与申请单不一致。",
      do: "请当面核对患者身份，然后更正申请单，或将该检查匹配到正确的申请单。",
    },
  },
  "order-birth-date-differs": {
    source: "order",
    severity: "action",
    en: {
      what: "The birth date in the images is not the one of the order.",
      do: "Check the patient's identity document. Then correct the order, or have the identity corrected.",
    },
    zh: {
      what: "影像中的出生日期与申请单不一致。",
      do: "请核对患者证件，然后更正申请单，或申请更正检查的患者身份。",
    },
  },
  "order-sex-differs": {
    source: "order",
    severity: "action",
    en: {
      what: "The sex in the images is not the one of the order.",
      do: "Make sure that the right patient was imaged. Then correct the order, or have the identity corrected.",
    },
    zh: {
      what: "影像中的性别与申请单不一致。",
      do: "请确认检查的是正确的患者，然后更正申请单，或申请更正检查的患者身份。",
    },
  },
  "order-laterality-differs": {
    source: "order",
    severity: "action",
    en: {
      what: "Side {ordered} was ordered, the images say {made}.",
      do: "Look which side was imaged. Repeat the other side if it is missing; if only the marker is wrong, tell the reading doctor.",
    },
    zh: {
      what: "申请的侧别为 {ordered}，影像标注为 {made}。",
      do: "请核对实际检查的侧别；如漏做请补做，如仅标注有误请告知阅片医师。",
    },
  },
  "order-body-part-differs": {
    source: "order",
    severity: "warning",
    en: {
      what: "{ordered} was ordered, the images say {made}.",
      do: "Make sure that what was ordered was imaged; if only the label is wrong, tell the reading doctor.",
    },
    zh: {
      what: "申请的部位为 {ordered}，影像标注为 {made}。",
      do: "请确认已按申请部位检查；如仅标注有误请告知阅片医师。",
    },
  },
  "order-modality-differs": {
    source: "order",
    severity: "warning",
    en: {
      what: "{ordered} was ordered, the images are {made}.",
      do: "Check that the study is matched to the right order.",
    },
    zh: {
      what: "申请的检查类型为 {ordered}，影像为 {made}。",
      do: "请检查该检查是否匹配到正确的申请单。",
    },
  },
  "order-none": {
    source: "order",
    severity: "info",
    en: {
      what: "No order was found for this study.",
      do: "Enter the order, or match the study to one by hand.",
    },
    zh: {
      what: "未找到该检查的申请单。",
      do: "请补录申请单，或手工匹配。",
    },
  },
  "order-unclear": {
    source: "order",
    severity: "warning",
    en: {
      what: "The study may be for {candidates} orders.",
      do: "Choose the right one and match the study to it by hand.",
    },
    zh: {
      what: "该检查可能对应 {candidates} 份申请单。",
      do: "请选择正确的申请单并手工匹配。",
    },
  },
} as const satisfies Record<string, FindingKind>;
