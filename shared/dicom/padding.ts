const isPadding = (text: string, at: number): boolean => text[at] === " " || text[at] === "\0";

/**
 * Text without the spaces that may pad it, and the NULs that pad what some writers send. By hand: a regular expression that
 * looks for an end goes back for every run of spaces on the way, and takes time with the square of a hostile value's length.
 */
export function withoutPadding(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isPadding(text, start)) start++;
  while (end > start && isPadding(text, end - 1)) end--;
  return text.slice(start, end);
}
