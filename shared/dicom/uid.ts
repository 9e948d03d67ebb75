/** UIDs become parts of object keys and URLs: nothing but what is accepted here may pass. */

/**
 * PS3.5 §9.1 allows 64 digits and dots. Files in the field go a little further, uniquely and harmlessly: leading zeros in a
 * component, a component appended to a UID of full length, and the SHA-256 in hexadecimal that some de-identifiers write.
 * Refusing those would lose the image.
 */
const digitsAndDots = /^\d+(?:\.\d+)*$/;
const longest = 68;
const sha256 = /^[\da-f]{64}$/;

/** True for a UID that may identify a stored object. Use this one check wherever a UID comes from outside. */
export const isUid = (text: string): boolean =>
  (text.length <= longest && digitsAndDots.test(text)) || sha256.test(text);
