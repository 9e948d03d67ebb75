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

/** Throws an Error with a sentence for the person where something is wrong. */
export function readOptions(args: readonly string[], cwd: string): StartOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      detach: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      "no-demo": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (positionals.length > 1) throw new Error(`One folder at most; these are ${positionals.length}.`);
  const { detach, fresh, help, "no-demo": noDemo } = values;
  const folder = positionals[0] === undefined ? undefined : readable(resolve(cwd, positionals[0]));
  if (folder && noDemo) throw new Error("A folder is what the demo uploads: leave --no-demo out.");
  return { detach, fresh, help, demo: !noDemo, ...(folder && { folder }) };
}

function readable(path: string): string {
  if (!existsSync(path)) throw new Error(`There is no ${path}.`);
  if (!statSync(path).isDirectory()) throw new Error(`${path} is not a folder.`);
  return path;
}
