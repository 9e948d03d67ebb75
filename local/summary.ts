/** What a person reads when everything is up: where things are, who can sign in, what to try. */
import type { CloudFile } from "./cloud-file.ts";
import { places, shown } from "./places.ts";
import { seedHospitals } from "./seed-data.ts";

export interface SummaryOptions {
  readonly cloud: CloudFile;
  /** The patient's link of the demo. */
  readonly link?: string;
  readonly detached: boolean;
}

export function summary({ cloud, link, detached }: SummaryOptions): string {
  const rows = [
    ["Web", cloud.web],
    ["API", `${cloud.api}  (${cloud.api}/v1/openapi.json)`],
    ...(link ? [["Patient's link", link]] : []),
    ["Sign-in", `${cloud.issuer}/.well-known/openid-configuration`],
    ["Emulated cloud", cloud.emulator],
    ["Logs", `${shown(cloud.logs)}, ${shown(places.folder)}/emulator.log`],
  ];
  const lines = [
    "",
    "Medical Image Cloud is up.",
    "",
    ...rows.map(([name = "", value]) => `  ${name.padEnd(15)} ${value}`),
    "",
    "  Sign in as",
    ...cloud.users.map(signInLine),
    "",
    "  Try",
    ...samples(cloud).map((line) => `    ${line}`),
    "",
    `  For scripts: ${shown(places.cloud)}.  Stop: ${detached ? "npm stop" : "Ctrl-C"}.`,
    "",
  ];
  return lines.join("\n");
}

function signInLine({ username, password, name, hospital }: CloudFile["users"][number]): string {
  const where = seedHospitals.find(({ id }) => id === hospital)?.name ?? "全网 the network";
  return `    ${username.padEnd(30)} ${password}   ${name}, ${where}`;
}

/** Lines to paste as they are, from the project's folder. */
function samples({ api }: CloudFile): string[] {
  const token = `JSON.parse(fs.readFileSync('${shown(places.cloud)}')).users.find(u => u.role === 'radiologist').accessToken`;
  return [
    `TOKEN=$(node -p "${token}")`,
    `curl -H "Authorization: Bearer $TOKEN" '${api}/v1/me'`,
    `curl -H "Authorization: Bearer $TOKEN" '${api}/dicomweb/mine/studies?PatientName=shan*&fuzzymatching=true'`,
    "npm run mic -- studies --name 单*",
    "npm run mic -- upload <folder> --wait",
  ];
}
