/**
 * Writes `compiled.ts` from the Cedar files beside it, so that Node, the tests and the bundles load the policies the
 * same way, with no loader and no file to find at run time. `node shared/access/policies/generate.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { policySetTextToParts, policyToJson, schemaToJson } from "@cedar-policy/cedar-wasm/nodejs";

export const compiledFile = new URL("./compiled.ts", import.meta.url);
const folder = new URL("./", import.meta.url);

/** The text of every `.cedar` file, by name. */
export function policyFiles(): Readonly<Record<string, string>> {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".cedar"))
    .sort();
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), "utf8")]));
}

export const schemaText = (): string => readFileSync(new URL("schema.cedarschema", folder), "utf8");

/** Policies by the id they carry in `@id`: the id an audit record names. Throws when one has none, or one twice. */
export function policiesById(): Readonly<Record<string, string>> {
  const byId: Record<string, string> = {};
  for (const [file, text] of Object.entries(policyFiles())) {
    const parts = policySetTextToParts(text);
    if (parts.type === "failure") throw new Error(`${file}: ${parts.errors[0]?.message}`);
    for (const policy of parts.policies) {
      const parsed = policyToJson(policy);
      const id = parsed.type === "success" ? parsed.json.annotations?.id : undefined;
      if (id === undefined) throw new Error(`${file}: a policy without @id`);
      if (id in byId) throw new Error(`${file}: @id("${id}") is used twice`);
      byId[id] = policy;
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

export function compiledText(): string {
  const literal = (value: unknown) => JSON.stringify(value, undefined, 2);
  return [
    "/** Written by `generate.ts` from the Cedar files beside it: change those. */",
    `export const policies: Readonly<Record<string, string>> = ${literal(policiesById())};`,
    `export const actionGroups: Readonly<Record<string, readonly string[]>> = ${literal(actionGroups())};`,
    "",
  ].join("\n");
}

if (import.meta.main) writeFileSync(compiledFile, compiledText());
