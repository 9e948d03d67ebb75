/** `*` any run, `?` one character (PS3.4 §C.2.2.2.4). Linear time: a pattern such as `*a*a*a*b` must not blow up on a hostile query. */
export function matchesWildcard(value: string, wanted: string): boolean {
  // By character: many a rare surname is two UTF-16 units.
  const [text, pattern] = [[...value], [...wanted]];
  let at = 0;
  let star = -1;
  let resume = 0;
  let p = 0;
  while (at < text.length) {
    if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[at]) && pattern[p] !== "*") {
      at++;
      p++;
    } else if (pattern[p] === "*") {
      star = p++;
      resume = at;
    } else if (star >= 0) {
      p = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[p] === "*") p++;
  return p === pattern.length;
}
