/** Writes `docs/openapi.json`, formatted as the rest of the project. `npm run openapi`. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openApi } from "./openapi.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const file = "docs/openapi.json";

writeFileSync(`${project}${file}`, JSON.stringify(openApi()));
execFileSync(process.execPath, ["node_modules/@biomejs/biome/bin/biome", "format", "--write", file], {
  cwd: project,
  stdio: "inherit",
});
