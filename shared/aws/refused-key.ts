import type { ServiceFault } from "./service-fault.ts";

/** The owner, or whoever holds the key's policy, has taken the key away; or it is not the one the data was bound to. */
const codes = new Set([
  "DisabledException",
  "KMSInvalidStateException",
  "NotFoundException",
  "AccessDeniedException",
  "InvalidCiphertextException",
  "IncorrectKeyException",
]);

/** Whether KMS refused because of the key, not because of the request or of itself. */
export const refusedKey = ({ code }: ServiceFault): boolean => codes.has(code);
