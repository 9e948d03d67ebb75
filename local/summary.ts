/** What a person reads when everything is up: where things are, who can sign in, what to try. */
import type { CloudFile } from "./cloud-file.ts";
import type { Shown } from "./demo.ts";
import { places, shown } from "./places.ts";
import { seedHospitals } from "./seed-data.ts";

export interface SummaryOptions {
  readonly cloud: CloudFile;
  /** What the demo showed. */
  readonly shown?: Shown;
  readonly detached: boolean;
}

export function summary({ cloud, shown: demo, detached }: SummaryOptions): string {
  const rows = [
    ["Web", cloud.web],
    ["API", `${cloud.api}  (${cloud.api}/v1/openapi.json)`],
    ...(demo ? [["Patient's link", demo.link]] : []),
    ["Sign-in", `${cloud.issuer}/sign-in`],
    ["OpenID issuer", `${cloud.issuer}/.well-known/openid-configuration`],
    ["Logs", `${shown(cloud.logs)} (functions.log by request id), ${shown(places.folder)}/emulator.log`],
    ...(cloud.caBundle ? [["For AWS's CLI", awsVariables(cloud.caBundle, cloud.emulator)]] : []),
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
    ...samples(cloud, demo?.patient).map((line) => `    ${line}`),
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

/** Only programs that are told of its certificate can talk to the emulator itself: no link for a browser. */
function awsVariables(caBundle: string, endpoint: string): string {
  return `AWS_CA_BUNDLE=${shown(caBundle)} AWS_ENDPOINT_URL=${endpoint}`;
}

/** Lines to paste as they are, from the project's folder. `name`: a patient's name that is there; without one, all are asked for. */
export function samples({ api }: Pick<CloudFile, "api">, name?: string): string[] {
  // A terminal would obey control characters in it.
  const patient = name && !/\p{Cc}/u.test(name) ? name : undefined;
  const token = `JSON.parse(fs.readFileSync('${shown(places.cloud)}')).users.find(u => u.role === 'radiologist').accessToken`;
  const query = patient ? `PatientName=${encodeURIComponent(patient)}&fuzzymatching=true` : "limit=10";
  return [
    `TOKEN=$(node -p "${token}")`,
    `curl -H "Authorization: Bearer $TOKEN" '${api}/v1/me'`,
    `curl -H "Authorization: Bearer $TOKEN" '${api}/dicomweb/mine/studies?${query.replaceAll("'", "%27")}'`,
    `npm run mic -- studies${patient ? ` --name ${quoted(patient)}` : ""}`,
    "npm run mic -- upload FOLDER --wait",
  ];
}

/** For a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
