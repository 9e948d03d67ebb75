/**
 * Bundles all functions in one esbuild process instead of one a function, so that a deploy on two cores spends a few
 * seconds here. Each function becomes `<name>/index.mjs` beside the files it reads at run time.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Code } from "aws-cdk-lib/aws-lambda";
import { build, type Metafile } from "esbuild";
import { type NativeTarget, nativeModules } from "./native-modules.ts";

const projectRoot = resolve(import.meta.dirname, "../..");

/** The code of the function whose entry is `functions/<word>/<file>.ts`. */
export type FunctionCode = (entry: string) => Code;

/** Bundled CommonJS (the AWS SDK's parts, cedar) expects these three; a module has none of them. */
const commonJsNames = [
  'import { createRequire as micCreateRequire } from "node:module";',
  "const require = micCreateRequire(import.meta.url), __dirname = import.meta.dirname, __filename = import.meta.filename;",
].join("");

/**
 * `root`: where the bundles go, emptied first; two runs at a time must not share one.
 * @throws when an entry file is missing or does not compile; esbuild names file and line.
 */
export async function bundleFunctions(
  entries: readonly string[],
  target: NativeTarget,
  root: string,
): Promise<FunctionCode> {
  rmSync(root, { recursive: true, force: true });
  const folderOf = (entry: string): string => join(root, functionName(entry));
  await Promise.all(entries.map((entry) => bundleFunction(entry, folderOf(entry), target)));
  return (entry) => Code.fromAsset(folderOf(entry));
}

async function bundleFunction(entry: string, folder: string, target: NativeTarget): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    // What is imported when first used (the AWS SDK's clients, mostly) is a file of its own, read when first used.
    splitting: true,
    minify: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    // Maps lie in the package and cost nothing until NODE_OPTIONS=--enable-source-maps is set to read a stack trace.
    sourcemap: true,
    sourcesContent: false,
    legalComments: "none",
    banner: { js: commonJsNames },
    external: ["sharp", "@cornerstonejs/codec-*"],
    metafile: true,
    logLevel: "error",
  });
  completePackage(folder, metafile, target);
}

/** `functions/upload/api.ts` → `upload-api` */
export const functionName = (entry: string): string =>
  entry
    .replace(/^functions\//, "")
    .replace(/\.ts$/, "")
    .replaceAll("/", "-");

const codecs = "@cornerstonejs/codec-";
/** By source file: what it has Node find in a package at run time, glue code beside its WebAssembly. */
const readAtRunTime: Readonly<Record<string, readonly string[]>> = {
  "shared/pixels/codecs/jpeg-family.ts": ["dcmjs-codecs/build/dcmjs-native-codecs.wasm"],
  "shared/pixels/codecs/jpeg-ls.ts": [
    `${codecs}charls/dist/charlswasm_decode.js`,
    `${codecs}charls/dist/charlswasm_decode.wasm`,
  ],
  "shared/pixels/codecs/jpeg-2000.ts": [
    `${codecs}openjpeg/dist/openjpegwasm_decode.js`,
    `${codecs}openjpeg/dist/openjpegwasm_decode.wasm`,
    `${codecs}openjph/dist/openjphjs.js`,
    `${codecs}openjph/dist/openjphjs.wasm`,
  ],
};

/** Each file in its place, with the manifest that says which name means it. */
function withManifests(files: readonly string[]): readonly string[] {
  const manifests = files.map((file) => `${/^(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]}/package.json`);
  return [...new Set([...manifests, ...files])];
}

/** Copies what the bundle reads at run time and esbuild does not see: WebAssembly and native modules. */
function completePackage(folder: string, { inputs, outputs }: Metafile, target: NativeTarget): void {
  for (const source of Object.keys(inputs).filter((path) => path.endsWith("cedar-wasm/nodejs/cedar_wasm.js")))
    copy(join(projectRoot, dirname(source), "cedar_wasm_bg.wasm"), join(folder, "cedar_wasm_bg.wasm"));
  for (const file of withManifests(Object.keys(inputs).flatMap((source) => readAtRunTime[source] ?? [])))
    copy(join(projectRoot, "node_modules", file), join(folder, "node_modules", file));
  const external = Object.values(outputs).flatMap(({ imports }) => imports.filter((found) => found.external));
  if (external.some(({ path }) => path === "sharp"))
    for (const { from, name } of nativeModules(projectRoot, "sharp", target))
      copy(from, join(folder, "node_modules", name));
}

function copy(from: string, to: string): void {
  if (!existsSync(from)) throw new Error(`${from} is read by a function at run time, and is not there`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}
