/** UIDs become parts of object keys, table keys and URLs: nothing but what is accepted here may pass. */

/**
 * PS3.5 §9.1 allows 64 digits and dots. Files in the field go a little further, uniquely and harmlessly: leading zeros in a
 * component, a component appended to a UID of full length, and the SHA-256 in hexadecimal that some de-identifiers write.
 * Refusing those would lose the image.
 */
export const uidPattern = /^(?:(?=.{1,68}$)\d+(?:\.\d+)*|[\da-f]{64})$/;

/** True for a UID that may identify a stored object. Use this one check wherever a UID comes from outside. */
export const isUid = (text: string): boolean => uidPattern.test(text);
