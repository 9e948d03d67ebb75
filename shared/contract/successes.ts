/** How a route succeeds, where it is not 200 with JSON. */
import type { RouteId } from "./routes.ts";

export interface Success {
  readonly status: number;
  readonly description: string;
  readonly mediaType?: string;
}
const created: Success = { status: 201, description: "Created" };
const accepted: Success = {
  status: 202,
  description: "Decided and on record; ingest follows within seconds",
};
const redirected: Success = {
  status: 307,
  description: "Location holds a presigned URL of the bytes, good for seconds",
};
const fhirJson = "application/fhir+json";
const serviceRequest: Success = { status: 200, description: "OK", mediaType: fhirJson };
const dicomJson: Success = { status: 200, description: "OK", mediaType: "application/dicom+json" };

export const successes: Partial<Record<RouteId, Success>> = {
  createUpload: created,
  createConsult: created,
  createOrder: { status: 201, description: "Created", mediaType: fhirJson },
  getOrder: serviceRequest,
  updateOrder: serviceRequest,
  matchStudy: serviceRequest,
  unmatchStudy: serviceRequest,
  correctIdentity: serviceRequest,
  restoreIdentity: serviceRequest,
  getServiceRequest: serviceRequest,
  createReport: created,
  createShare: created,
  createHospital: created,
  retrieveQuarantinedFile: redirected,
  retrieveConflictingFile: redirected,
  releaseQuarantinedFile: accepted,
  correctQuarantinedFile: accepted,
  resolveConflict: accepted,
  rebuild: { status: 202, description: "Queued" },
  revokeShare: { status: 204, description: "Revoked" },
  searchStudies: dicomJson,
  searchSeries: dicomJson,
  searchInstances: dicomJson,
  searchStudySeries: dicomJson,
  searchStudyInstances: dicomJson,
  searchSeriesInstances: dicomJson,
  retrieveStudyMetadata: dicomJson,
  retrieveSeriesMetadata: dicomJson,
  retrieveInstanceMetadata: dicomJson,
  retrieveInstance: redirected,
  retrieveFrame: redirected,
  retrieveInstanceThumbnail: redirected,
  retrieveSeriesThumbnail: redirected,
  retrieveStudyThumbnail: redirected,
  getDiagnosticReport: { status: 200, description: "OK", mediaType: fhirJson },
};
