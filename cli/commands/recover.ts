/** `mic audit ledger`, `mic queues`, `mic redrive`: prove that nothing is lost, and do again what failed. */
import type { Command } from "commander";
import type { LedgerAuditReply } from "../../shared/contract/schemas/ledger.ts";
import type { QueueView, RedriveReply } from "../../shared/contract/schemas/network.ts";
import { type LedgerCheck, ledgerChecks } from "../../shared/ledger/checks.ts";
import { redrivenQueues } from "../../shared/ports.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { hospitalsOf } from "../hospitals.ts";
import { patienceMinutes } from "../patience.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";

interface AuditFlags {
  readonly hospital?: string;
  readonly verifyBytes?: boolean;
  readonly cursor?: string;
  readonly first: string;
  readonly json?: boolean;
}

type Count = LedgerAuditReply["checks"][number];
type Violation = LedgerAuditReply["violations"][number] & { readonly hospital: string };

interface Sums {
  readonly counts: Map<LedgerCheck, Count>;
  readonly violations: Violation[];
}

export function addRecoverCommands(program: Command): void {
  addQueueCommands(program);
  program
    .command("audit")
    .description("prove that what is stored is right")
    .command("ledger")
    .description("prove from the buckets and the table alone that nothing is lost and every count is right")
    .option("--hospital <id>", "one hospital; an operator's default is every hospital")
    .option("--verify-bytes", "read and hash originals of which S3 holds no SHA-256")
    .option("--cursor <cursor>", "go on where an interrupted audit of this hospital stopped")
    .option("--first <n>", "violations to show of each check", "10")
    .option("--json", "print as JSON")
    .addHelpText("after", "\nExit code 0: everything balances. 3: it does not, and the violations say where.")
    .action(async (flags: AuditFlags) => {
      const client = openSession(program.opts(), "hospital-admin").patient({ onWait });
      const sums: Sums = { counts: new Map(), violations: [] };
      const hospitals = await hospitalsOf(client, flags.hospital);
      if (flags.cursor !== undefined && hospitals.length > 1)
        throw new CommandFailed(
          "Name the hospital that --cursor belongs to: --hospital <id>.",
          exitCodes.usage,
        );
      for (const hospital of hospitals) await auditHospital(client, hospital, flags, sums);
      print(sums, flags, hospitals);
      const wrong = [...sums.counts.values()].some(({ violations }) => violations > 0);
      if (wrong) process.exitCode = exitCodes.incomplete;
    });
}

function addQueueCommands(program: Command): void {
  program
    .command("queues")
    .description("how much work waits, and how much failed for good")
    .option("--json", "print as JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const client = openSession(program.opts(), "network-operator");
      const { queues } = await client.get<{ queues: QueueView[] }>("/v1/queues");
      if (json) printJson(queues);
      else
        printTable(
          ["queue", "waiting", "dead"],
          queues.map(({ queue, waiting, dead }) => [queue, String(waiting), String(dead)]),
        );
    });

  program
    .command("redrive <queue>")
    .description(`send what failed for good back to its queue: ${redrivenQueues.join(", ")}`)
    .option("--json", "print as JSON")
    .action(async (queue: string, { json }: { readonly json?: boolean }) => {
      if (!redrivenQueues.some((one) => one === queue))
        throw new CommandFailed(
          `There is no such queue. One of: ${redrivenQueues.join(", ")}`,
          exitCodes.usage,
        );
      const client = openSession(program.opts(), "network-operator");
      let redriven = 0;
      for (let more = true; more; ) {
        const reply = await client.post<RedriveReply>(`/v1/queues/${queue}/redrive`, {});
        redriven += reply.redriven;
        more = reply.redriven > 0 && reply.dead > 0;
      }
      if (json) printJson({ queue, redriven });
      else process.stdout.write(`${redriven} messages are back in ${queue}.\n`);
    });
}

async function auditHospital(
  client: ApiClient,
  hospital: string,
  flags: AuditFlags,
  sums: Sums,
): Promise<void> {
  let { cursor } = flags;
  do {
    const query = new URLSearchParams({
      hospital,
      ...(flags.verifyBytes && { verifyBytes: "true" }),
      ...(cursor !== undefined && { cursor }),
    });
    const page = await client.get<LedgerAuditReply>(`/v1/ledger-audit?${query}`).catch((error: unknown) => {
      tellBroken(hospital, cursor, sums, flags);
      throw error;
    });
    add(sums, hospital, page);
    progress(hospital, page.walk, sums);
    cursor = page.next;
  } while (cursor !== undefined);
}

const onWait = (why: string): void => {
  process.stderr.write(`${why}: trying again for up to ${patienceMinutes} minutes (Ctrl-C ends it).\n`);
};

/** An audit of hours that ends half-way has said what it found until then. */
function tellBroken(hospital: string, cursor: string | undefined, sums: Sums, flags: AuditFlags): void {
  if (cursor !== undefined) process.stderr.write(`To go on: --hospital ${hospital} --cursor ${cursor}\n`);
  if (sums.counts.size === 0) return;
  const wrong = [...sums.counts.values()].filter(({ violations }) => violations > 0);
  const found = wrong.map(({ check, violations }) => `${check} ${violations}`).join(", ") || "nothing wrong";
  process.stderr.write(`Not finished. Until then it found: ${found}.\n`);
  for (const line of linesOf(firstOfEach(sums.violations, Number(flags.first)))) process.stderr.write(line);
}

function add({ counts, violations }: Sums, hospital: string, page: LedgerAuditReply): void {
  for (const count of page.checks) {
    const known = counts.get(count.check);
    counts.set(count.check, {
      check: count.check,
      examined: count.examined + (known?.examined ?? 0),
      violations: count.violations + (known?.violations ?? 0),
      explained: count.explained + (known?.explained ?? 0),
    });
  }
  violations.push(...page.violations.map((violation) => ({ ...violation, hospital })));
}

function progress(hospital: string, walk: string, { counts }: Sums): void {
  if (!process.stderr.isTTY) return;
  const [originals, files] = [counts.get("original")?.examined ?? 0, counts.get("file-kept")?.examined ?? 0];
  process.stderr.write(`\r\u001b[K${hospital}: ${walk} (${originals} originals, ${files} files so far)`);
  if (walk === "conflicts") process.stderr.write("\r\u001b[K");
}

function print({ counts, violations }: Sums, flags: AuditFlags, hospitals: readonly string[]): void {
  const checks = (Object.keys(ledgerChecks) as LedgerCheck[]).flatMap((check) => counts.get(check) ?? []);
  const balanced = checks.every((count) => count.violations === 0);
  const shown = firstOfEach(violations, Number(flags.first));
  if (flags.json) {
    printJson({ balanced, hospitals, checks, violations: shown });
    return;
  }
  printTable(
    ["check", "examined", "wrong", "explained", "what it proves"],
    checks.map(({ check, examined, violations: wrong, explained }) => [
      check,
      ...[examined, wrong, explained].map(String),
      ledgerChecks[check],
    ]),
  );
  for (const line of linesOf(shown)) process.stdout.write(line);
  process.stdout.write(
    balanced
      ? "Everything balances.\n"
      : "It does not balance: see docs/runbook.md#an-audit-that-does-not-balance\n",
  );
}

const linesOf = (violations: readonly Violation[]): readonly string[] =>
  violations.map(({ check, hospital, detail, ...ids }) => {
    const named = Object.entries(ids).map(([name, value]) => `${name} ${value}`);
    return `${check}: ${detail} (${[`hospital ${hospital}`, ...named].join(", ")})\n`;
  });

function firstOfEach(violations: readonly Violation[], first: number): readonly Violation[] {
  return [...Map.groupBy(violations, ({ check }) => check).values()].flatMap((some) => some.slice(0, first));
}
