/** `--limit`: bits a second, as lines are sold. */
import { InvalidArgumentError } from "commander";

const factors = { "": 1, K: 1e3, M: 1e6, G: 1e9 } as const;
/** Slower than this, what an answer or a signature takes would be all there is. */
const leastBits = 8000;

/** Bytes a second. `2M` is 2 Mbit/s: 250,000 bytes a second. */
export function bandwidth(text: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text) ?? [];
  const bits = Number(digits) * factors[(unit ?? "").toUpperCase() as keyof typeof factors];
  if (bits >= leastBits) return bits / 8;
  throw new InvalidArgumentError("give bits a second, 8K at least, such as 512K or 2M");
}
