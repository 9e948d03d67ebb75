import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { anchorsOf, exists, pages, read, withoutCode } from "./pages.ts";

/** `[text](target)`, but for addresses of other sites. */
function linksOf(page: string): readonly string[] {
  const found = [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return found.filter((target) => !/^[a-z]+:/.test(target));
}

/** Files and folders of the project that a page names in backticks. */
function namedPaths(page: string): readonly string[] {
  const folders = "bench|cli|config|docs|functions|infra|local|shared|test|web";
  const spans = [...withoutCode(read(page)).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return spans
    .filter((span) => new RegExp(`^(${folders})/`).test(span))
    .filter((span) => !/[<{*…(\s]/.test(span) && !span.startsWith("web/dist"));
}

/** Each release of the changelog has the same headings. */
const allowedTwice = (page: string): unknown => (page === "CHANGELOG.md" ? expect.any(Array) : []);

describe("a reader", () => {
  it.each(pages)("who follows a link of %s arrives", (page) => {
    const broken = linksOf(page).filter((target) => {
      const [path = "", anchor] = target.split("#");
      const to = path === "" ? page : normalize(join(dirname(page), path));
      return !exists(to) || (anchor !== undefined && !anchorsOf(to).includes(anchor));
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)("who follows a link into %s finds one heading of that name", (page) => {
    const anchors = anchorsOf(page);
    expect(anchors.filter((anchor, index) => anchors.indexOf(anchor) !== index)).toEqual(allowedTwice(page));
  });

  it.each(pages)("who looks for a file that %s names finds it", (page) => {
    expect(namedPaths(page).filter((path) => !exists(path))).toEqual([]);
  });
});
