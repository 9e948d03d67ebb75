/** PS3.5 §9.1: at most 64 characters, digits and dots. UIDs become parts of object keys: nothing else may pass. */

/**
 * True for a UID that may identify an object here. Leading zeros in a component are let through: equipment in the field
 * writes them, the UID stays unique, and refusing would lose the image.
 */
export const isUid = (text: string): boolean => text.length <= 64 && /^\d+(\.\d+)*$/.test(text);
