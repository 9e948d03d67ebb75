/** What `npm start` is told. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const usage = `npm start -- [options] [folder]

Starts the whole system on this machine: emulated cloud, the real stacks, three hospitals
with people, web pages; then takes one study from a village clinic to a signed report and a
patient's link. Listens on 127.0.0.1 only and stays up until Ctrl-C.

  folder       your own folder of DICOM files, instead of the synthetic head CT
  --detach     return when everything is up; stop with npm stop
  --fresh      forget everything an earlier start stored
  --no-demo    start only
  --help       this page

Another cloud:  LOCAL_CLOUD=localstack npm start  (Docker and LOCALSTACK_AUTH_TOKEN)`;

export interface StartOptions {
  readonly detach: boolean;
  readonly fresh: boolean;
  readonly demo: boolean;
  readonly help: boolean;
  /** Absolute. */
  readonly folder?: string;
}

/** The command line is wrong: exit code 2, as `mic` answers. */
export class WrongOptions extends Error {
  override readonly name = "WrongOptions";
}

/** Throws WrongOptions with a sentence for the person where something is wrong. */
export function readOptions(args: readonly string[], cwd: string): StartOptions {
  const { values, positionals } = parsed(args);
  if (positionals.length > 1) throw new WrongOptions(`One folder at most; these are ${positionals.length}.`);
  const { detach, fresh, help, "no-demo": noDemo } = values;
  const folder = positionals[0] === undefined ? undefined : readable(resolve(cwd, positionals[0]));
  if (folder && noDemo) throw new WrongOptions("A folder is what the demo uploads: leave --no-demo out.");
  return { detach, fresh, help, demo: !noDemo, ...(folder && { folder }) };
}

const known = {
  detach: { type: "boolean", default: false },
  fresh: { type: "boolean", default: false },
  "no-demo": { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function parsed(args: readonly string[]) {
  const { tokens } = parseArgs({ args: [...args], strict: false, tokens: true, options: known });
  for (const token of tokens)
    if (token.kind === "option" && (!(token.name in known) || token.value !== undefined))
      throw new WrongOptions(
        `There is no option ${token.rawName}${token.value === undefined ? "" : "=…"}. npm start -- --help lists them.`,
      );
  return parseArgs({ args: [...args], allowPositionals: true, options: known });
}

function readable(path: string): string {
  if (!existsSync(path)) throw new WrongOptions(`There is no ${path}.`);
  if (!statSync(path).isDirectory()) throw new WrongOptions(`${path} is not a folder.`);
  return path;
}
