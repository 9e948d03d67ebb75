/** `mic audit ledger`: prove that nothing is lost. For a hospital's administrator, and for the network's operator. */
import type { Command } from "commander";
import type { LedgerAuditReply } from "../../shared/contract/schemas/ledger.ts";
import type { HospitalView, SelfView } from "../../shared/contract/schemas/network.ts";
import { type LedgerCheck, ledgerChecks } from "../../shared/ledger/checks.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
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
      const client = openSession(program.opts(), "hospital-admin").patient();
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

/** The caller's own, the one named, or for an operator all. */
export async function hospitalsOf(client: ApiClient, named: string | undefined): Promise<readonly string[]> {
  if (named !== undefined) return [named];
  const { hospital } = await client.get<SelfView>("/v1/me");
  if (hospital !== undefined) return [hospital];
  const found: string[] = [];
  for (let cursor: string | undefined, more = true; more; ) {
    const query = cursor === undefined ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const page = await client.get<{ hospitals: HospitalView[]; next?: string }>(`/v1/hospitals${query}`);
    found.push(...page.hospitals.map((one) => one.hospital));
    [cursor, more] = [page.next, page.next !== undefined];
  }
  return found;
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
      if (cursor !== undefined) process.stderr.write(`To go on: --hospital ${hospital} --cursor ${cursor}\n`);
      throw error;
    });
    add(sums, hospital, page);
    progress(hospital, page.walk, sums);
    cursor = page.next;
  } while (cursor !== undefined);
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
  for (const { check, hospital, detail, ...ids } of shown) {
    const named = Object.entries(ids).map(([name, value]) => `${name} ${value}`);
    process.stdout.write(`${check}: ${detail} (${[`hospital ${hospital}`, ...named].join(", ")})\n`);
  }
  process.stdout.write(
    balanced
      ? "Everything balances.\n"
      : "It does not balance: see docs/runbook.md#an-audit-that-does-not-balance\n",
  );
}

function firstOfEach(violations: readonly Violation[], first: number): readonly Violation[] {
  return [...Map.groupBy(violations, ({ check }) => check).values()].flatMap((some) => some.slice(0, first));
}
