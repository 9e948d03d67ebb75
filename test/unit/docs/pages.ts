/** The pages for people, as text. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const projectRoot = join(import.meta.dirname, "../../..");

/** Paths of all pages, relative to the project. */
export const pages: readonly string[] = globSync(["*.md", "docs/**/*.md"], { cwd: projectRoot }).sort();

export const read = (page: string): string => readFileSync(join(projectRoot, page), "utf8");
export const exists = (path: string): boolean => existsSync(join(projectRoot, path));

/** What a link to a heading says after `#`: as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

export function anchorsOf(page: string): readonly string[] {
  const headings = withoutCode(read(page)).match(/^#{1,6} .+$/gm) ?? [];
  return headings.map((heading) => anchorOf(heading.replace(/^#+ /, "")));
}

/** Without fenced blocks, which hold commands and drawings. */
export const withoutCode = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, "");
