/** Written by `generate.ts` from the Cedar files beside it: change those. */
export const policies: Readonly<Record<string, string>> = {
  "clinician-granted-study":
    '@id("clinician-granted-study")\npermit (\n  principal,\n  action in\n    [Action::"ReadingStudies", Action::"ViewingImages", Action::"ReadingReports"],\n  resource\n)\nwhen\n{\n  (principal in Role::"physician" || principal in Role::"radiologist") &&\n  principal has grantee &&\n  (resource is Study || resource is Report) &&\n  resource.viewers.contains(principal.grantee)\n};',
  "clinician-granted-download":
    '@id("clinician-granted-download")\npermit (\n  principal,\n  action in [Action::"DownloadingImages"],\n  resource is Study\n)\nwhen\n{\n  (principal in Role::"physician" || principal in Role::"radiologist") &&\n  principal has grantee &&\n  resource.downloaders.contains(principal.grantee)\n};',
  "radiologist-granted-report":
    '@id("radiologist-granted-report")\npermit (\n  principal in Role::"radiologist",\n  action in [Action::"WritingReports"],\n  resource\n)\nwhen { principal has grantee && resource.reporters.contains(principal.grantee) };',
  "clinician-consult":
    '@id("clinician-consult")\npermit (\n  principal,\n  action == Action::"GetConsult",\n  resource is Consult\n)\nwhen\n{\n  (principal in Role::"physician" ||\n   principal in Role::"radiologist" ||\n   principal in Role::"hospital-admin") &&\n  principal has hospital &&\n  (resource.hospital == principal.hospital ||\n   resource.toHospital == principal.hospital)\n};',
  "signing-needs-a-licence":
    '@id("signing-needs-a-licence")\nforbid (\n  principal,\n  action == Action::"SignReport",\n  resource\n)\nunless { principal has licence };',
  "network-operator-network":
    '@id("network-operator-network")\npermit (\n  principal in Role::"network-operator",\n  action in [Action::"ReadingNetwork", Action::"ManagingNetwork"],\n  resource is Network\n);',
  "staff-read-network":
    '@id("staff-read-network")\npermit (\n  principal,\n  action in [Action::"ReadingNetwork"],\n  resource is Network\n)\nwhen\n{\n  principal in Role::"auditor" ||\n  (principal has hospital &&\n   (principal in Role::"technician" ||\n    principal in Role::"physician" ||\n    principal in Role::"radiologist" ||\n    principal in Role::"hospital-admin" ||\n    principal in Role::"service"))\n};',
  "auditor-network":
    '@id("auditor-network")\npermit (\n  principal in Role::"auditor",\n  action in [Action::"ReadingAudit"],\n  resource is Hospital\n)\nunless { principal has hospital };',
  "account-self":
    '@id("account-self")\npermit (\n  principal,\n  action == Action::"GetSelf",\n  resource is Account\n)\nunless { principal is Visitor };',
  "technician-own-hospital":
    '@id("technician-own-hospital")\npermit (\n  principal in Role::"technician",\n  action in [Action::"Uploading", Action::"ReadingStudies", Action::"ViewingImages", Action::"DownloadingImages"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "physician-own-hospital":
    '@id("physician-own-hospital")\npermit (\n  principal in Role::"physician",\n  action in\n    [Action::"ReadingStudies",\n     Action::"ViewingImages",\n     Action::"DownloadingImages",\n     Action::"ReadingReports",\n     Action::"Referring",\n     Action::"Sharing",\n     Action::"ListWorklist"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "radiologist-own-hospital":
    '@id("radiologist-own-hospital")\npermit (\n  principal in Role::"radiologist",\n  action in\n    [Action::"ReadingStudies",\n     Action::"ViewingImages",\n     Action::"DownloadingImages",\n     Action::"ReadingReports",\n     Action::"WritingReports",\n     Action::"Referring",\n     Action::"Sharing",\n     Action::"ListWorklist"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "hospital-admin-own-hospital":
    '@id("hospital-admin-own-hospital")\npermit (\n  principal in Role::"hospital-admin",\n  action in\n    [Action::"Uploading",\n     Action::"ReadingStudies",\n     Action::"ViewingImages",\n     Action::"DownloadingImages",\n     Action::"ReadingReports",\n     Action::"WritingReports",\n     Action::"Referring",\n     Action::"Sharing",\n     Action::"ListWorklist",\n     Action::"ReadingAudit",\n     Action::"Operating"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "service-own-hospital":
    '@id("service-own-hospital")\npermit (\n  principal in Role::"service",\n  action in\n    [Action::"Uploading",\n     Action::"ReadingStudies",\n     Action::"ViewingImages",\n     Action::"DownloadingImages",\n     Action::"ReadingReports"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "auditor-own-hospital":
    '@id("auditor-own-hospital")\npermit (\n  principal in Role::"auditor",\n  action in [Action::"ReadingAudit"],\n  resource\n)\nwhen { principal has hospital && principal.hospital == resource.hospital };',
  "visitor-shared-study":
    '@id("visitor-shared-study")\npermit (\n  principal is Visitor,\n  action in [Action::"ViewingImages"],\n  resource is Study\n)\nwhen { resource.viewers.contains(principal.grantee) };',
  "visitor-shared-download":
    '@id("visitor-shared-download")\npermit (\n  principal is Visitor,\n  action in [Action::"DownloadingImages"],\n  resource is Study\n)\nwhen { resource.downloaders.contains(principal.grantee) };',
  "visitor-opened-link":
    '@id("visitor-opened-link")\npermit (\n  principal is Visitor,\n  action == Action::"GetOpenedShare",\n  resource is Link\n)\nwhen { resource.grantee == principal.grantee };',
};
export const actionGroups: Readonly<Record<string, readonly string[]>> = {
  AddUploadFiles: ["Uploading"],
  AmendReport: ["WritingReports"],
  AssembleUploadFile: ["Uploading"],
  CompleteUpload: ["Uploading"],
  CreateConsult: ["Referring"],
  CreateHospital: ["ManagingNetwork"],
  CreateReport: ["WritingReports"],
  CreateShare: ["Sharing"],
  CreateUpload: ["Uploading"],
  GetConsult: ["ReadingConsults"],
  GetDiagnosticReport: ["ReadingReports"],
  GetHospital: ["ReadingNetwork"],
  GetOpenedShare: [],
  GetReport: ["ReadingReports"],
  GetSelf: [],
  GetStudy: ["ReadingStudies"],
  GetUpload: ["Uploading"],
  ListAuditRecords: ["ReadingAudit"],
  ListHospitals: ["ReadingNetwork"],
  ListReportVersions: ["ReadingReports"],
  ListShareAccesses: ["Sharing"],
  ListShares: ["Sharing"],
  ListStudyReports: ["ReadingReports"],
  ListUploadParts: ["Uploading"],
  ListUploads: ["Uploading"],
  ListWorklist: ["ReadingConsults"],
  Rebuild: ["Operating"],
  RetrieveFrame: ["ViewingImages"],
  RetrieveInstance: ["DownloadingImages"],
  RetrieveInstanceMetadata: ["ViewingImages"],
  RetrieveInstanceThumbnail: ["ViewingImages"],
  RetrieveSeriesMetadata: ["ViewingImages"],
  RetrieveSeriesThumbnail: ["ViewingImages"],
  RetrieveStudyMetadata: ["ViewingImages"],
  RetrieveStudyThumbnail: ["ViewingImages"],
  RevokeShare: ["Sharing"],
  SearchSeriesInstances: ["ViewingImages"],
  SearchStudies: ["ViewingImages"],
  SearchStudyInstances: ["ViewingImages"],
  SearchStudySeries: ["ViewingImages"],
  SignReport: ["WritingReports"],
  SignUploadParts: ["Uploading"],
  UpdateReport: ["WritingReports"],
  VerifyReport: ["ReadingReports"],
};
