/** Python 3.13, which the LocalStack core needs exactly: one the machine has, or one that `uv` brings. */
import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPython, installPackages } from "../python.ts";

const run = promisify(execFile);
const version = { oldest: [3, 13], below: [3, 14] } as const;

/** Commands to try, in order. Downloads one into `folder` only when the machine has none. */
export async function python313(folder: string): Promise<readonly string[]> {
  const own = join(folder, "python");
  const home = process.env.PYENV_ROOT ?? join(homedir(), ".pyenv");
  const uv = process.env.XDG_DATA_HOME ?? join(homedir(), ".local", "share");
  const known = [
    ...pythonsUnder(own),
    "python3.13",
    "python3",
    ...globSync(join(home, "versions", "3.13*", "bin", "python")),
    ...pythonsUnder(join(uv, "uv", "python")),
  ];
  try {
    return [await findPython({ ...version, pythons: known })];
  } catch (cause) {
    return [await downloaded(folder, own, cause)];
  }
}

const pythonsUnder = (folder: string): readonly string[] =>
  globSync(join(folder, "cpython-3.13*", "bin", "python3.13"));

/** `uv` comes from PyPI for any Python; the Python it brings is the python-build-standalone project's. */
async function downloaded(folder: string, own: string, cause: unknown): Promise<string> {
  const venv = join(folder, "uv");
  try {
    await installPackages({
      folder: venv,
      packages: ["uv==0.13.9"],
      pythons: ["python3", "python"],
      oldest: [3, 10],
      log: join(folder, "install.log"),
    });
    const env = { ...process.env, UV_PYTHON_INSTALL_DIR: own };
    await run(join(venv, "bin", "uv"), ["python", "install", "--no-bin", "3.13"], { env });
  } catch (error) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}; and it could not be downloaded. Install Python 3.13, with pyenv for example`, {
      cause: error,
    });
  }
  const python = pythonsUnder(own)[0];
  if (python === undefined || !existsSync(python)) throw new Error("uv installed no Python 3.13");
  return python;
}
