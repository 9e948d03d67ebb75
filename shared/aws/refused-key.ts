import type { ServiceFault } from "./service-fault.ts";

/** The owner, or whoever holds the key's policy, has taken the key away; or it is not the one the data was bound to. */
const codes = new Set([
  "DisabledException",
  "KMSInvalidStateException",
  "NotFoundException",
  "AccessDeniedException",
  "InvalidCiphertextException",
  "IncorrectKeyException",
  "InvalidKeyUsageException",
]);

/** Whether KMS refused because of the key, not because of the request or of itself. */
export const refusedKey = ({ code }: Pick<ServiceFault, "code">): boolean => codes.has(code);

/** S3 passes on what KMS said: `KMS.DisabledException`, `KMS.ThrottlingException` … */
const passedOn = "KMS.";
/** Whether S3 was refused because of the object's key. */
export const refusedKeyOfObject = ({ code }: Pick<ServiceFault, "code">): boolean =>
  code.startsWith(passedOn) && refusedKey({ code: code.slice(passedOn.length) });
/** Whether KMS could not serve S3 just now. */
export const busyKeyOfObject = ({ code }: Pick<ServiceFault, "code">): boolean =>
  code.startsWith(passedOn) && !refusedKeyOfObject({ code });
