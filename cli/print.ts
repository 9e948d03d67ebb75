/** Results on stdout: JSON for scripts, aligned columns for people. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Columns as wide as their widest cell; a Chinese character takes two places on a terminal. */
export function printTable(head: readonly string[], lines: readonly (readonly string[])[]): void {
  const rows = lines.map((line) => line.map(visible));
  // One by one: an archive may have more files to name than a call can take arguments.
  const widths = head.map((title, column) =>
    rows.reduce((widest, row) => Math.max(widest, width(row[column] ?? title)), width(title)),
  );
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell)));
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}

/** Control and formatting characters as signs: a name in a file must not move the cursor or turn the line around. */
export function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => {
    const code = character.codePointAt(0) as number;
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return `\\u{${code.toString(16)}}`;
  });
}

/** At most this many places of a terminal, `…` for what is cut off. */
export function shortened(text: string, columns: number): string {
  const whole = visible(text);
  if (width(whole) <= columns) return whole;
  let [kept, places] = ["", 1];
  for (const character of whole) {
    places += width(character);
    if (places > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + (wide.test(character) ? 2 : 1), 0);
}
