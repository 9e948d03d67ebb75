import { describe, expect, it } from "@jest/globals";
import { gatherFiles, gatherHandles, nameFiles } from "../../../web/src/upload/gather.ts";

const named = (...paths: string[]) =>
  nameFiles(paths.map((path) => ({ path: path.split("/") }))).map(({ name }) => name);

describe("names of chosen files", () => {
  it("are relative to the one folder that was chosen, in order, as the command line gives them", () => {
    expect(named("disc/CT/2.dcm", "disc/CT/1.dcm", "disc/DICOMDIR")).toEqual([
      "CT/1.dcm",
      "CT/2.dcm",
      "DICOMDIR",
    ]);
  });

  it("keep their folders where several were chosen, and single files as they are", () => {
    expect(named("a/1.dcm", "b/1.dcm")).toEqual(["a/1.dcm", "b/1.dcm"]);
    expect(named("a/1.dcm", "2.dcm")).toEqual(["2.dcm", "a/1.dcm"]);
    expect(named("1.dcm", "2.dcm")).toEqual(["1.dcm", "2.dcm"]);
  });

  it("are never alike, though characters the ledger does not take are replaced", () => {
    expect(named("d/a\\b", "d/a_b", "d/a\u0007b")).toEqual(["a_b", "a_b (2)", "a_b (3)"]);
  });

  it("are cut to what the ledger takes, keeping their ends", () => {
    const [name = ""] = named(`disc/${"很长的文件夹/".repeat(120)}IM0001.dcm`);
    expect(name.length).toBeLessThanOrEqual(512);
    expect(name).toMatch(/\/IM0001\.dcm$/);
    expect(name.startsWith("/")).toBe(false);
  });

  it("are counted while folders are looked through", async () => {
    const handle = (name: string, inside?: readonly FileSystemHandle[]) =>
      ({
        name,
        kind: inside ? "directory" : "file",
        async *values() {
          yield* inside ?? [];
        },
      }) as unknown as FileSystemHandle;
    const disc = handle("disc", [handle("CT", [handle("1.dcm"), handle("2.dcm")]), handle("DICOMDIR")]);
    const counts: number[] = [];
    const { files } = await gatherHandles([disc], (count) => counts.push(count));
    expect(counts).toEqual([1, 2, 3]);
    expect(nameFiles(files).map(({ name }) => name)).toEqual(["CT/1.dcm", "CT/2.dcm", "DICOMDIR"]);
  });

  it("of an input with folders come from where it says the files lie", async () => {
    const file = Object.assign(new File(["x"], "1.dcm"), { webkitRelativePath: "disc/CT/1.dcm" });
    const { files } = gatherFiles([file]);
    expect(nameFiles(files).map(({ name }) => name)).toEqual(["CT/1.dcm"]);
    expect(await files[0]?.open()).toBe(file);
  });
});
