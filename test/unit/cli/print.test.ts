import { afterEach, describe, expect, it, jest } from "@jest/globals";
import { printTable, shortened } from "../../../cli/print.ts";

afterEach(() => void jest.restoreAllMocks());

describe("a table for people", () => {
  it("cuts what a file says at length, by places on a terminal", () => {
    expect(shortened("A".repeat(2000), 30)).toBe(`${"A".repeat(29)}…`);
    expect(shortened("王".repeat(40), 30)).toBe(`${"王".repeat(14)}…`);
    expect(shortened("王小明", 30)).toBe("王小明");
  });

  it("has as many lines as an archive that was made to harm has files", () => {
    let lines = 0;
    jest.spyOn(process.stdout, "write").mockImplementation(() => ++lines > 0);
    printTable(["name"], Array<readonly string[]>(200_000).fill(["d.zip/x"]));
    expect(lines).toBe(200_001);
  });

  it("shows characters that would move the cursor or turn the line around", () => {
    let written = "";
    jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      written += String(text);
      return true;
    });
    printTable(["name"], [["a\u001b[2Jb\nc\u202ed"]]);
    expect(written).toBe("name\na␛[2Jb␊c\\u{202e}d\n");
  });
});
