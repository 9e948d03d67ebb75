/** `npm run charset-figures [-- <texts>]`: what the reader makes of text whose character set is declared wrongly, or rightly. */
import {
  measureCharacterSets,
  measureRealFiles,
  precisionAndRecall,
} from "../test/support/character-set-figures.ts";

const count = Number(process.argv[2] ?? 10_000);
const figures = measureCharacterSets(count);
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(2)} %`;

console.log("| text | declared | texts | read right | corrected |\n|---|---|---|---|---|");
for (const { of, declared, texts, right, corrected } of figures)
  console.log(
    `| ${of} | ${declared === "" ? "nothing" : declared} | ${texts} | ${percent(right, texts)} | ${percent(corrected, texts)} |`,
  );
const { precision, recall } = precisionAndRecall(figures);
console.log(`\nprecision ${percent(precision, 1)}, recall ${percent(recall, 1)}\n`);
const real = measureRealFiles();
if (real)
  console.log(
    `real files: ${real.files} with text beyond ASCII, ${real.right} with the name right, ${real.corrected} corrected\n`,
  );
for (const { of, declared, wrong } of figures)
  for (const each of wrong.slice(0, 4)) console.log(`${of}, declared ${declared || "nothing"}: ${each}`);
