/** Forms of identifiers. What becomes part of a key can hold no `/`, no `#` and no `..`. UIDs: `shared/dicom/uid.ts`. */

/** Uploads, reports, links, consults, audit records: 48 bits of time and 80 of chance. */
export const ulidPattern = /^[0-9A-HJKMNP-TV-Z]{26}$/;
/** Chosen at onboarding; never changes. */
export const hospitalIdPattern = /^[a-z0-9-]{2,40}$/;
/** Lower-case hexadecimal. */
export const sha256Pattern = /^[0-9a-f]{64}$/;
/** A file's index within its upload. */
export const fileIdPattern = /^(0|[1-9]\d{0,5})$/;

export const isUlid = (text: string): boolean => ulidPattern.test(text);
export const isHospitalId = (text: string): boolean => hospitalIdPattern.test(text);
export const isFileId = (text: string): boolean => fileIdPattern.test(text);
