/** `mic order`: what was asked for, and which study it became. */
import { readFile } from "node:fs/promises";
import { type Command, Option } from "commander";
import type { ServiceRequest, UnmatchedStudies } from "../../shared/contract/schemas/order.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";
import { ulidArgument } from "../ulid-argument.ts";
import { type OrderFlags, orderFromFlags } from "./order-from-flags.ts";
import { orderRow, unmatchedRow } from "./order-rows.ts";

interface Json {
  readonly json?: boolean;
}
interface ListFlags extends Json {
  readonly status?: string;
  readonly accession?: string;
  readonly patient?: string;
  readonly limit?: number;
}

export function addOrderCommands(program: Command): void {
  const order = program.command("order").description("orders, and the studies they became");
  const session = (role = "technician") => openSession(program.opts(), role);
  createCommand(order, session);
  listCommand(order, session);
  order
    .command("show")
    .description("an order, as FHIR")
    .argument("<orderId>", "as mic order list prints it", orderId)
    .action(async (id: string) =>
      printJson(await session().get<ServiceRequest>(`/fhir/ServiceRequest/${id}`)),
    );
  order
    .command("unmatched")
    .description("studies without an order, newest first")
    .option("--json", "print as JSON")
    .action(async (flags: Json) => {
      const studies = await allUnmatched(session());
      if (flags.json) return printJson(studies);
      if (studies.length === 0) return void process.stdout.write("No study waits for an order.\n");
      printTable(
        ["date", "name", "patient id", "modality", "study", "candidates"],
        studies.map(unmatchedRow),
      );
    });
  for (const one of byHand) byHandCommand(order, session, one);
}

async function allUnmatched(client: ApiClient): Promise<UnmatchedStudies["studies"]> {
  const studies: UnmatchedStudies["studies"][number][] = [];
  let next: string | undefined;
  do {
    const after = next === undefined ? "" : `&cursor=${encodeURIComponent(next)}`;
    const path = `/v1/orders/unmatched-studies?limit=200${after}`;
    const page: UnmatchedStudies = await client.get<UnmatchedStudies>(path);
    studies.push(...page.studies);
    next = page.next;
  } while (next !== undefined);
  return studies;
}

/** What people say of an order and a study: the request, and whose role it takes. */
const byHand = [
  {
    name: "match",
    description: "match a study to an order by hand",
    method: "POST",
    role: "technician",
  },
  {
    name: "unmatch",
    description: "take a study from an order; from then on only people match it",
    method: "DELETE",
    role: "technician",
  },
  {
    name: "correct",
    description: "show a study under its order's patient",
    method: "POST",
    role: "hospital-admin",
  },
  {
    name: "restore",
    description: "show a study as its images say again",
    method: "DELETE",
    role: "hospital-admin",
  },
] as const;

const orderId = ulidArgument("an order's", "mic order list");

type SessionFor = (role?: string) => ReturnType<typeof openSession>;

function byHandCommand(order: Command, session: SessionFor, one: (typeof byHand)[number]): void {
  order
    .command(one.name)
    .description(one.description)
    .argument("<orderId>", "as mic order list prints it", orderId)
    .argument("<studyUid>")
    .option("--json", "print as JSON")
    .action(async (id: string, studyUid: string, flags: Json) => {
      const { path, body } = requestFor(one.name, id, studyUid);
      print((await session(one.role).request<ServiceRequest>(one.method, path, body)).body, flags);
    });
}

function createCommand(order: Command, session: SessionFor): void {
  order
    .command("create")
    .description("place an order, from flags or from a FHIR ServiceRequest")
    .option("--fhir <file>", "a ServiceRequest as JSON, instead of the other options")
    .option("--patient <id>", "the patient's id")
    .option("--name <name>", "as written: 张伟, or Zhang Wei")
    .option("--birth <date>", "YYYY-MM-DD, YYYY-MM or YYYY")
    .addOption(new Option("--sex <sex>").choices(["male", "female", "other", "unknown"]))
    .option("--accession <number>", "accession number")
    .option("--procedure <text>", "what is to be done")
    .option("--modality <code>", "such as CT, DX, US")
    .option("--body-part <term>", "as scanners write it, such as CHEST")
    .addOption(new Option("--side <side>").choices(["L", "R", "B"]))
    .addOption(new Option("--priority <priority>").choices(["routine", "urgent", "asap", "stat"]))
    .option("--date <day>", "YYYY-MM-DD on which it is to be done; today unless said")
    .option("--json", "print as JSON")
    .action(async (flags: OrderFlags & Json & { readonly fhir?: string }) => {
      const request = flags.fhir === undefined ? orderFromFlags(flags, new Date()) : await fhirIn(flags.fhir);
      print(await session().post<ServiceRequest>("/v1/orders", request), flags);
    });
}

function listCommand(order: Command, session: SessionFor): void {
  order
    .command("list")
    .description("orders, newest first; without options those that have no study yet")
    .addOption(new Option("--status <status>").choices(["active", "completed", "revoked"]))
    .option("--accession <number>", "only this accession number")
    .option("--patient <id>", "only this patient")
    .option("--limit <n>", "at most so many", (value) => Number(value), 50)
    .option("--json", "print as JSON")
    .action(async ({ json, ...asked }: ListFlags) => {
      const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)]));
      const { orders } = await session().get<{ orders: ServiceRequest[] }>(`/v1/orders?${query}`);
      if (json) return printJson(orders);
      if (orders.length === 0) return void process.stdout.write("There is no such order.\n");
      printTable(
        ["order", "status", "day", "accession", "patient id", "name", "procedure"],
        orders.map(orderRow),
      );
    });
}

async function fhirIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new CommandFailed(`${file} cannot be read as JSON.`, exitCodes.usage, cause);
  }
}

function requestFor(name: string, id: string, studyUid: string): { path: string; body?: unknown } {
  const studies = `/v1/orders/${id}/studies`;
  if (name === "match") return { path: studies, body: { studyUid } };
  const study = `${studies}/${studyUid}`;
  return { path: name === "unmatch" ? study : `${study}/identity` };
}

function print(order: ServiceRequest, { json }: Json): void {
  const { id, status, supportingInfo = [] } = order;
  if (json) printJson(order);
  else process.stdout.write(`Order ${id}: ${status}, ${supportingInfo.length} studies\n`);
}
