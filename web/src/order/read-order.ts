/** An order (FHIR R4 ServiceRequest) as a line of a list needs it. */
import type { ServiceRequest } from "../../../shared/contract/schemas/order.ts";

export interface OrderLine {
  readonly orderId: string;
  readonly status: ServiceRequest["status"];
  readonly priority: ServiceRequest["priority"];
  readonly patientName: string;
  readonly patientId: string;
  readonly birthDate: string;
  readonly gender: "male" | "female" | "other" | "unknown" | undefined;
  readonly accession: string;
  readonly procedure: string;
  readonly date: string;
  readonly studies: readonly OrderedStudy[];
}
export interface OrderedStudy {
  readonly studyUid: string;
  /** Shown under the order's patient rather than the one its images name. */
  readonly corrected: boolean;
}

type Identifier = NonNullable<ServiceRequest["identifier"]>[number];

export function readOrder(order: ServiceRequest): OrderLine {
  const patient = order.contained?.find((one) => one.resourceType === "Patient");
  const names = (patient?.name ?? []).map(
    ({ text, family, given }) => text ?? [family, ...(given ?? [])].join(" "),
  );
  const { code, orderDetail } = order;
  const detail = orderDetail?.[0]?.coding?.[0];
  return {
    orderId: order.id,
    status: order.status,
    priority: order.priority,
    patientName: names.filter(Boolean).join(" · ") || (order.subject.display ?? ""),
    patientId: patient?.identifier?.[0]?.value ?? order.subject.identifier?.value ?? "",
    birthDate: patient?.birthDate ?? "",
    gender: patient?.gender,
    accession: order.identifier?.find(isAccession)?.value ?? "",
    procedure: [detail?.code, code?.text ?? code?.coding?.[0]?.display ?? code?.coding?.[0]?.code]
      .filter(Boolean)
      .join(" · "),
    date: (order.occurrenceDateTime ?? order.authoredOn ?? "").slice(0, 10),
    studies: (order.supportingInfo ?? []).flatMap(studyOf),
  };
}

/** HL7 v2-0203. */
const isAccession = ({ type }: Identifier): boolean =>
  type?.coding?.some(({ code }) => code === "ACSN") ?? false;

interface Info {
  readonly identifier?: { readonly value?: string };
  readonly extension?: readonly {
    readonly extension?: readonly { readonly url: string; readonly valueCode?: string }[];
  }[];
}

function studyOf(info: unknown): OrderedStudy[] {
  const { identifier, extension } = info as Info;
  const studyUid = /^urn:oid:([\d.]+)$/.exec(identifier?.value ?? "")?.[1];
  if (studyUid === undefined) return [];
  const said = extension?.flatMap((one) => one.extension ?? []) ?? [];
  const corrected = said.some(({ url, valueCode }) => url === "identity" && valueCode !== undefined);
  return [{ studyUid, corrected }];
}
