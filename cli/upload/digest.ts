/** SHA-256 of what is to be sent, over the whole and over each part. */
import { createHash } from "node:crypto";
import { type Content, ContentChanged } from "../content/content.ts";

export async function sha256Of(content: Content): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of content.read(0, content.size)) hash.update(piece);
  return hash.digest("hex");
}

/**
 * SHA-256 (hex) of every part, from one reading. Throws ContentChanged when the whole is not what was announced: parts of
 * before and of after would be assembled into a file that never was.
 */
export async function partDigests(
  content: Content,
  partSize: number,
  announced: string,
): Promise<readonly string[]> {
  const whole = createHash("sha256");
  const digests: string[] = [];
  for (let start = 0; start < content.size; start += partSize) {
    const part = createHash("sha256");
    for await (const piece of content.read(start, Math.min(start + partSize, content.size))) {
      part.update(piece);
      whole.update(piece);
    }
    digests.push(part.digest("hex"));
  }
  if (whole.digest("hex") !== announced)
    throw new ContentChanged("The file was written to after it was read.");
  return digests;
}
