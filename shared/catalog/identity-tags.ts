/** Attributes of a study that say who the patient is: name, id and its issuer, birth date, sex, age. */
export const identityTags = ["00100010", "00100020", "00100021", "00100030", "00100040", "00101010"] as const;
