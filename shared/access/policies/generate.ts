/**
 * Writes `compiled.ts` from the Cedar files beside it, so that Node, the tests and the bundles load the policies the
 * same way, with no loader and no file to find at run time. `npm run policies`.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  schemaToJson,
} from "@cedar-policy/cedar-wasm/nodejs";

const compiledFile = new URL("./compiled.ts", import.meta.url);
const folder = new URL("./", import.meta.url);

/** The text of every `.cedar` file, by name. */
function policyFiles(): Readonly<Record<string, string>> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
}

export const schemaText = (): string => readFileSync(new URL("schema.cedarschema", folder), "utf8");

/**
 * Policies by the id they carry in `@id`: the id an audit record names. As JSON, which Cedar reads at cold start in less
 * time than its text. Throws when a policy has no id, or one twice.
 */
export function policiesById(): Readonly<Record<string, PolicyJson>> {
  const byId: Record<string, PolicyJson> = {};
  for (const [file, text] of Object.entries(policyFiles())) {
    const parts = policySetTextToParts(text);
    if (parts.type === "failure") throw new Error(`${file}: ${parts.errors[0]?.message}`);
    for (const policy of parts.policies) {
      const parsed = policyToJson(policy);
      const id = parsed.type === "success" ? parsed.json.annotations?.id : undefined;
      if (parsed.type === "failure" || id === undefined) throw new Error(`${file}: a policy without @id`);
      if (id in byId) throw new Error(`${file}: @id("${id}") is used twice`);
      byId[id] = parsed.json;
    }
  }
  return byId;
}

/** The groups each action belongs to. */
export function actionGroups(): Readonly<Record<string, readonly string[]>> {
  const schema = schemaToJson(schemaText());
  if (schema.type === "failure") throw new Error(schema.errors[0]?.message);
  const actions = Object.entries(schema.json[""]?.actions ?? {}).filter(
    ([, action]) => action.appliesTo?.principalTypes.length,
  );
  return Object.fromEntries(
    actions
      .map(([name, action]) => [name, (action.memberOf ?? []).map((group) => group.id)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function compiledText(): string {
  const quoted = (value: unknown) => JSON.stringify(JSON.stringify(value));
  const policies = Object.entries(policiesById()).map(
    ([id, policy]) => `  ${JSON.stringify(id)}: ${quoted(policy)},`,
  );
  return [
    "/** Written by `generate.ts` from the Cedar files beside it: change those. */",
    "",
    "/** Policies as JSON, by id. */",
    "export const policies: Readonly<Record<string, string>> = {",
    ...policies,
    "};",
    "",
    "/** The groups each action belongs to. */",
    `export const actionGroups: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(actionGroups())};`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  writeFileSync(compiledFile, compiledText());
  const biome = ["node_modules/@biomejs/biome/bin/biome", "format", "--write", fileURLToPath(compiledFile)];
  const project = fileURLToPath(new URL("../../../", import.meta.url));
  execFileSync(process.execPath, biome, { cwd: project, stdio: "inherit" });
}
