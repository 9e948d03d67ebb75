/** Written by `generate.ts` from the Cedar files beside it: change those. */

/** Policies as JSON, by id. */
export const policies: Readonly<Record<string, string>> = {
  "clinician-granted-study":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"in","entities":[{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"ReadingReports"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"&&":{"left":{"&&":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"physician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"has":{"left":{"Var":"principal"},"attr":"grantee"}}}},"right":{"||":{"left":{"is":{"left":{"Var":"resource"},"entity_type":"Study"}},"right":{"is":{"left":{"Var":"resource"},"entity_type":"Report"}}}}}},"right":{"contains":{"left":{".":{"left":{"Var":"resource"},"attr":"viewers"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}}}],"annotations":{"id":"clinician-granted-study"}}',
  "clinician-granted-download":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"in","entity":{"type":"Action","id":"DownloadingImages"}},"resource":{"op":"is","entity_type":"Study"},"conditions":[{"kind":"when","body":{"&&":{"left":{"&&":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"physician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"has":{"left":{"Var":"principal"},"attr":"grantee"}}}},"right":{"contains":{"left":{".":{"left":{"Var":"resource"},"attr":"downloaders"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}}}],"annotations":{"id":"clinician-granted-download"}}',
  "radiologist-granted-report":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"radiologist"}},"action":{"op":"in","entity":{"type":"Action","id":"WritingReports"}},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"grantee"}},"right":{"contains":{"left":{".":{"left":{"Var":"resource"},"attr":"reporters"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}}}],"annotations":{"id":"radiologist-granted-report"}}',
  "clinician-consult":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"Action","id":"GetConsult"}},"resource":{"op":"is","entity_type":"Consult"},"conditions":[{"kind":"when","body":{"&&":{"left":{"&&":{"left":{"||":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"physician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"hospital-admin"}}}}}}},"right":{"has":{"left":{"Var":"principal"},"attr":"hospital"}}}},"right":{"||":{"left":{"==":{"left":{".":{"left":{"Var":"resource"},"attr":"hospital"}},"right":{".":{"left":{"Var":"principal"},"attr":"hospital"}}}},"right":{"==":{"left":{".":{"left":{"Var":"resource"},"attr":"toHospital"}},"right":{".":{"left":{"Var":"principal"},"attr":"hospital"}}}}}}}}}],"annotations":{"id":"clinician-consult"}}',
  "signing-needs-a-licence":
    '{"effect":"forbid","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"Action","id":"SignReport"}},"resource":{"op":"All"},"conditions":[{"kind":"unless","body":{"has":{"left":{"Var":"principal"},"attr":"licence"}}}],"annotations":{"id":"signing-needs-a-licence"}}',
  "network-operator-network":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"network-operator"}},"action":{"op":"in","entities":[{"type":"Action","id":"ReadingNetwork"},{"type":"Action","id":"ManagingNetwork"}]},"resource":{"op":"is","entity_type":"Network"},"conditions":[],"annotations":{"id":"network-operator-network"}}',
  "network-operator-recovering":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"network-operator"}},"action":{"op":"in","entity":{"type":"Action","id":"Recovering"}},"resource":{"op":"is","entity_type":"Hospital"},"conditions":[],"annotations":{"id":"network-operator-recovering"}}',
  "staff-read-network":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"in","entity":{"type":"Action","id":"ReadingNetwork"}},"resource":{"op":"is","entity_type":"Network"},"conditions":[{"kind":"when","body":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"auditor"}}}}},"right":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"||":{"left":{"||":{"left":{"||":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"technician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"physician"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"hospital-admin"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"service"}}}}}}}}}}}}],"annotations":{"id":"staff-read-network"}}',
  "auditor-network":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"auditor"}},"action":{"op":"in","entity":{"type":"Action","id":"ReadingAudit"}},"resource":{"op":"is","entity_type":"Hospital"},"conditions":[{"kind":"unless","body":{"has":{"left":{"Var":"principal"},"attr":"hospital"}}}],"annotations":{"id":"auditor-network"}}',
  "account-self":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"==","entity":{"type":"Action","id":"GetSelf"}},"resource":{"op":"is","entity_type":"Account"},"conditions":[{"kind":"unless","body":{"is":{"left":{"Var":"principal"},"entity_type":"Visitor"}}}],"annotations":{"id":"account-self"}}',
  "technician-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"technician"}},"action":{"op":"in","entities":[{"type":"Action","id":"Uploading"},{"type":"Action","id":"InspectingIngest"},{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"DownloadingImages"},{"type":"Action","id":"CorrectingText"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"technician-own-hospital"}}',
  "physician-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"physician"}},"action":{"op":"in","entities":[{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"DownloadingImages"},{"type":"Action","id":"ReadingReports"},{"type":"Action","id":"Referring"},{"type":"Action","id":"Sharing"},{"type":"Action","id":"ListWorklist"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"physician-own-hospital"}}',
  "radiologist-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"radiologist"}},"action":{"op":"in","entities":[{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"DownloadingImages"},{"type":"Action","id":"ReadingReports"},{"type":"Action","id":"WritingReports"},{"type":"Action","id":"Referring"},{"type":"Action","id":"Sharing"},{"type":"Action","id":"ListWorklist"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"radiologist-own-hospital"}}',
  "hospital-admin-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"hospital-admin"}},"action":{"op":"in","entities":[{"type":"Action","id":"Uploading"},{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"DownloadingImages"},{"type":"Action","id":"ReadingReports"},{"type":"Action","id":"WritingReports"},{"type":"Action","id":"Referring"},{"type":"Action","id":"Sharing"},{"type":"Action","id":"ListWorklist"},{"type":"Action","id":"ReadingAudit"},{"type":"Action","id":"CorrectingText"},{"type":"Action","id":"Operating"},{"type":"Action","id":"InspectingIngest"},{"type":"Action","id":"DecidingIngest"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"hospital-admin-own-hospital"}}',
  "service-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"service"}},"action":{"op":"in","entities":[{"type":"Action","id":"Uploading"},{"type":"Action","id":"ReadingStudies"},{"type":"Action","id":"ViewingImages"},{"type":"Action","id":"DownloadingImages"},{"type":"Action","id":"ReadingReports"}]},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"service-own-hospital"}}',
  "auditor-own-hospital":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"auditor"}},"action":{"op":"in","entity":{"type":"Action","id":"ReadingAudit"}},"resource":{"op":"All"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"auditor-own-hospital"}}',
  "staff-own-orders":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"in","entities":[{"type":"Action","id":"ReadingOrders"},{"type":"Action","id":"Ordering"}]},"resource":{"op":"is","entity_type":"Hospital"},"conditions":[{"kind":"when","body":{"&&":{"left":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}},"right":{"||":{"left":{"||":{"left":{"||":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"technician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"physician"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"hospital-admin"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"service"}}}}}}}}}}],"annotations":{"id":"staff-own-orders"}}',
  "staff-match-orders":
    '{"effect":"permit","principal":{"op":"All"},"action":{"op":"in","entity":{"type":"Action","id":"MatchingOrders"}},"resource":{"op":"is","entity_type":"Hospital"},"conditions":[{"kind":"when","body":{"&&":{"left":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}},"right":{"||":{"left":{"||":{"left":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"technician"}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"radiologist"}}}}}}},"right":{"in":{"left":{"Var":"principal"},"right":{"Value":{"__entity":{"type":"Role","id":"hospital-admin"}}}}}}}}}}],"annotations":{"id":"staff-match-orders"}}',
  "hospital-admin-correct-identity":
    '{"effect":"permit","principal":{"op":"in","entity":{"type":"Role","id":"hospital-admin"}},"action":{"op":"in","entity":{"type":"Action","id":"CorrectingIdentity"}},"resource":{"op":"is","entity_type":"Hospital"},"conditions":[{"kind":"when","body":{"&&":{"left":{"has":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{"==":{"left":{".":{"left":{"Var":"principal"},"attr":"hospital"}},"right":{".":{"left":{"Var":"resource"},"attr":"hospital"}}}}}}}],"annotations":{"id":"hospital-admin-correct-identity"}}',
  "visitor-shared-study":
    '{"effect":"permit","principal":{"op":"is","entity_type":"Visitor"},"action":{"op":"in","entity":{"type":"Action","id":"ViewingImages"}},"resource":{"op":"is","entity_type":"Study"},"conditions":[{"kind":"when","body":{"contains":{"left":{".":{"left":{"Var":"resource"},"attr":"viewers"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}],"annotations":{"id":"visitor-shared-study"}}',
  "visitor-shared-download":
    '{"effect":"permit","principal":{"op":"is","entity_type":"Visitor"},"action":{"op":"in","entity":{"type":"Action","id":"DownloadingImages"}},"resource":{"op":"is","entity_type":"Study"},"conditions":[{"kind":"when","body":{"contains":{"left":{".":{"left":{"Var":"resource"},"attr":"downloaders"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}],"annotations":{"id":"visitor-shared-download"}}',
  "visitor-opened-link":
    '{"effect":"permit","principal":{"op":"is","entity_type":"Visitor"},"action":{"op":"==","entity":{"type":"Action","id":"GetOpenedShare"}},"resource":{"op":"is","entity_type":"Link"},"conditions":[{"kind":"when","body":{"==":{"left":{".":{"left":{"Var":"resource"},"attr":"grantee"}},"right":{".":{"left":{"Var":"principal"},"attr":"grantee"}}}}}],"annotations":{"id":"visitor-opened-link"}}',
};

/** The groups each action belongs to. */
export const actionGroups: Readonly<Record<string, readonly string[]>> = {
  AddUploadFiles: ["Uploading"],
  AmendReport: ["WritingReports"],
  AssembleUploadFile: ["Uploading"],
  AuditLedger: ["Operating", "Recovering"],
  CompleteUpload: ["Uploading"],
  CorrectIdentity: ["CorrectingIdentity"],
  CorrectQuarantinedFile: ["DecidingIngest"],
  CreateConsult: ["Referring"],
  CreateHospital: ["ManagingNetwork"],
  CreateOrder: ["Ordering"],
  CreateReport: ["WritingReports"],
  CreateShare: ["Sharing"],
  CreateUpload: ["Uploading"],
  DiscardQuarantinedFile: ["DecidingIngest"],
  GetConsult: ["ReadingConsults"],
  GetDiagnosticReport: ["ReadingReports"],
  GetHospital: ["ReadingNetwork"],
  GetOpenedShare: [],
  GetOrder: ["ReadingOrders"],
  GetQuarantinedFile: ["InspectingIngest"],
  GetReport: ["ReadingReports"],
  GetSelf: [],
  GetServiceRequest: ["ReadingOrders"],
  GetStudy: ["ReadingStudies"],
  GetUpload: ["Uploading"],
  GetUploadFindings: ["Uploading"],
  ListAuditRecords: ["ReadingAudit"],
  ListConflicts: ["InspectingIngest"],
  ListHospitals: ["ReadingNetwork"],
  ListOrders: ["ReadingOrders"],
  ListQuarantine: ["InspectingIngest"],
  ListQueues: ["ManagingNetwork"],
  ListReportVersions: ["ReadingReports"],
  ListShareAccesses: ["Sharing"],
  ListShares: ["Sharing"],
  ListStudyReports: ["ReadingReports"],
  ListUnmatchedStudies: ["ReadingOrders"],
  ListUploadParts: ["Uploading"],
  ListUploads: ["Uploading"],
  ListWorklist: ["ReadingConsults"],
  MatchStudy: ["MatchingOrders"],
  Rebuild: ["Operating", "Recovering"],
  RedriveQueue: ["ManagingNetwork"],
  ReleaseQuarantinedFile: ["InspectingIngest"],
  ResolveConflict: ["DecidingIngest"],
  RestoreIdentity: ["CorrectingIdentity"],
  RetrieveConflictingFile: ["InspectingIngest"],
  RetrieveFrame: ["ViewingImages"],
  RetrieveInstance: ["DownloadingImages"],
  RetrieveInstanceMetadata: ["ViewingImages"],
  RetrieveInstanceThumbnail: ["ViewingImages"],
  RetrieveQuarantinedFile: ["InspectingIngest"],
  RetrieveSeriesMetadata: ["ViewingImages"],
  RetrieveSeriesThumbnail: ["ViewingImages"],
  RetrieveStudyMetadata: ["ViewingImages"],
  RetrieveStudyThumbnail: ["ViewingImages"],
  RevokeShare: ["Sharing"],
  SearchInstances: ["ViewingImages"],
  SearchSeries: ["ViewingImages"],
  SearchSeriesInstances: ["ViewingImages"],
  SearchStudies: ["ViewingImages"],
  SearchStudyInstances: ["ViewingImages"],
  SearchStudySeries: ["ViewingImages"],
  SetCharacterSet: ["CorrectingText"],
  SetLegalHold: ["Operating"],
  SignReport: ["WritingReports"],
  SignUploadParts: ["Uploading"],
  UnmatchStudy: ["MatchingOrders"],
  UpdateOrder: ["Ordering"],
  UpdateReport: ["WritingReports"],
  VerifyReport: ["ReadingReports"],
};
