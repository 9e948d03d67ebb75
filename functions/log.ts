/**
 * One line of JSON for each thing worth knowing. Identifiers and names of errors only: never a body, a query string, an
 * event or a dataset value, since those are patients.
 */
type Level = "info" | "warn" | "error";
type Field = string | number | boolean | undefined | readonly string[];

export function log(level: Level, message: string, fields: Readonly<Record<string, Field>> = {}): void {
  const line = JSON.stringify({ level, message, at: new Date().toISOString(), ...fields });
  process.stdout.write(`${line}\n`);
}

/** Errors whose messages are written here, of identifiers only. Any other's may quote data, so it stays out. */
const ownWords = new Set(["Misconfigured", "OutOfReach", "TokenRefused", "Transient", "KeyUnavailable"]);

/** An error's name, where it was thrown and what caused it. */
export function errorFields(error: unknown): Readonly<Record<string, Field>> {
  if (!(error instanceof Error)) return { error: typeof error };
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error && causes.length < 5; cause = cause.cause)
    causes.push(cause.name);
  const said = ownWords.has(error.name) ? { detail: error.message } : {};
  return {
    error: error.name,
    ...said,
    ...faultOf(error),
    stack: frames(error),
    ...(causes.length > 0 && { causes }),
  };
}

/** What was asked of which service and the code it answered: the first thing whoever is on call needs to know. */
function faultOf(error: Error): Readonly<Record<string, Field>> {
  const { operation, code, status } = error as { operation?: unknown; code?: unknown; status?: unknown };
  return typeof operation === "string" && typeof code === "string"
    ? { operation, code, status: Number(status) }
    : {};
}

const frames = ({ stack = "" }: Error): readonly string[] =>
  stack
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("at "))
    .slice(0, 12);
