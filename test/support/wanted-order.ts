/** Orders as a hospital's information system sends them. */

export interface Wanted {
  readonly patientId?: string;
  readonly name?: readonly object[];
  readonly birthDate?: string;
  readonly gender?: string;
  readonly accession?: string;
  readonly modality?: string;
  readonly day?: string;
  readonly bodySite?: readonly object[];
}

const dcm = "http://dicom.nema.org/resources/ontology/DCM";

/** A ServiceRequest as a hospital's information system sends it. */
export function wantedOrder(wanted: Wanted = {}): object {
  const { patientId = "P-1", name = [{ text: "王小东" }], day = "2026-02-14", modality = "CT" } = wanted;
  const { birthDate, gender, accession, bodySite } = wanted;
  return {
    resourceType: "ServiceRequest",
    status: "active",
    intent: "order",
    contained: [
      {
        resourceType: "Patient",
        id: "p",
        identifier: [{ value: patientId }],
        name,
        ...(birthDate && { birthDate }),
        ...(gender && { gender }),
      },
      { resourceType: "Practitioner", id: "d", name: [{ family: "李", given: ["医生"] }] },
    ],
    ...(accession && {
      identifier: [{ type: { coding: [{ code: "ACSN" }] }, value: accession }],
    }),
    code: { text: "颅脑CT平扫" },
    orderDetail: [{ coding: [{ system: dcm, code: modality }] }],
    ...(bodySite && { bodySite }),
    subject: { reference: "#p" },
    requester: { reference: "#d" },
    occurrenceDateTime: `${day}T09:00:00+08:00`,
  };
}
