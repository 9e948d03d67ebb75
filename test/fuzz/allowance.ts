/** Processor time a case may take, in milliseconds. */

/** Mutated files: a frame of 128 MiB may be described in a few hundred bytes, so that most of it does not depend on the size. */
export const allowedOf = (bytes: number): number => 30_000 + perMebibyte * mebibytes(bytes);

/** Floods describe little: what they take is for their size, but for what starting takes. */
export const allowedOfFlood = (bytes: number): number => 4_000 + perMebibyte * mebibytes(bytes);

/** Ten times what reading takes here: machines are slow, or busy. */
const perMebibyte = 100;
const mebibytes = (bytes: number): number => bytes / 1024 / 1024;
