/** `mic report`: draft, sign, show, verify. */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import type * as z from "zod/mini";
import type { reportSchemas } from "../../shared/contract/schemas/report.ts";
import { verifySignedReport } from "../../shared/report/verify-signature.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";

type Reply<Id extends keyof typeof reportSchemas> = z.infer<(typeof reportSchemas)[Id]["reply"]>;

export function addReportCommands(program: Command): void {
  const report = program.command("report").description("reports: draft, sign, show, list, verify");
  const session = () => openSession(program.opts(), "radiologist");

  report
    .command("draft")
    .description("start a report")
    .argument("<studyUid>")
    .requiredOption("--findings <text>", "what the images show; @file reads it from a file")
    .requiredOption("--impression <text>", "what it means; @file reads it from a file")
    .option("--recommendation <text>")
    .option("--critical", "somebody must be told now")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: DraftFlags) => {
      const saved = await session().post<Reply<"createReport">>(
        `/v1/studies/${studyUid}/reports`,
        contentOf(flags),
      );
      if (flags.json) printJson(saved);
      else process.stdout.write(`Draft ${saved.reportId}. Sign it with mic report sign ${saved.reportId}\n`);
    });

  report
    .command("sign")
    .description("sign the draft: from here on it never changes")
    .argument("<reportId>")
    .option("--json", "print as JSON")
    .action(async (reportId: string, flags: { json?: boolean }) => {
      const signed = await sign(session(), reportId);
      const { evidence, signedAt, sha256 } = signed.signature;
      if (flags.json) printJson(signed);
      else process.stdout.write(`Signed over ${evidence} images at ${signedAt}, SHA-256 ${sha256}\n`);
    });

  report
    .command("show")
    .description("a report, its latest version or another")
    .argument("<reportId>")
    .option("--version <n>")
    .option("--fhir", "as FHIR R4")
    .action(async (reportId: string, flags: { version?: string; fhir?: boolean }) => {
      const query = flags.version === undefined ? "" : `?version=${encodeURIComponent(flags.version)}`;
      const path = flags.fhir ? `/fhir/DiagnosticReport/${reportId}` : `/v1/reports/${reportId}`;
      printJson(await session().get(`${path}${query}`));
    });

  report
    .command("list")
    .description("reports of a study")
    .argument("<studyUid>")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: { json?: boolean }) => {
      const { reports } = await session().get<Reply<"listStudyReports">>(`/v1/studies/${studyUid}/reports`);
      if (flags.json) return printJson(reports);
      const rows = reports.map((one) => [
        one.reportId,
        one.status,
        String(one.version),
        one.signedAt ?? "",
        one.authorHospital,
      ]);
      printTable(["report", "status", "version", "signed", "by"], rows);
    });

  report
    .command("verify")
    .description("check signature and evidence; the signature is checked here, not by the server")
    .argument("<reportId>")
    .option("--save <folder>", "keep the signed bytes, signature and public key, for openssl")
    .option("--json", "print as JSON")
    .action(async (reportId: string, flags: { save?: string; json?: boolean }) => {
      const found = await session().get<Reply<"verifyReport">>(
        `/v1/reports/${reportId}/verification?signed=true&originals=true`,
      );
      const here = checkHere(found);
      if (flags.json) printJson({ ...found, checkedHere: here });
      else printVerdict(found, here);
      if (flags.save !== undefined) saveProof(flags.save, found);
      if (!here || found.verdict !== "valid") process.exitCode = exitCodes.failed;
    });
}

interface DraftFlags {
  readonly findings: string;
  readonly impression: string;
  readonly recommendation?: string;
  readonly critical?: boolean;
  readonly json?: boolean;
}

function contentOf({ findings, impression, recommendation, critical }: DraftFlags) {
  return {
    findings: textOf(findings),
    impression: textOf(impression),
    ...(recommendation === undefined ? {} : { recommendation: textOf(recommendation) }),
    ...(critical ? { critical } : {}),
  };
}

function textOf(given: string): string {
  if (!given.startsWith("@")) return given;
  try {
    return readFileSync(given.slice(1), "utf8");
  } catch (cause) {
    throw new CommandFailed(`Cannot read ${given.slice(1)}.`, exitCodes.usage, cause);
  }
}

async function sign(client: ApiClient, reportId: string): Promise<Reply<"signReport">> {
  const { headers } = await client.request("GET", `/v1/reports/${reportId}`);
  const match = { "if-match": headers.get("etag") ?? "" };
  return (await client.request<Reply<"signReport">>("POST", `/v1/reports/${reportId}/sign`, {}, match)).body;
}

type Verification = Reply<"verifyReport">;

function checkHere({ signed, sha256 }: Verification): boolean {
  if (signed === undefined) return false;
  const [bytes, signature, publicKey] = [signed.bytes, signed.signature, signed.publicKey].map((text) =>
    Buffer.from(text, "base64"),
  );
  if (bytes === undefined || signature === undefined || publicKey === undefined) return false;
  const digest = createHash("sha256").update(bytes).digest("hex");
  return digest === sha256 && verifySignedReport(bytes, signature, publicKey);
}

function printVerdict({ verdict, evidence, signer, signedAt, version }: Verification, here: boolean): void {
  const lines = [
    `${verdict === "valid" && here ? "Valid" : "NOT VALID"}: version ${version}, signed by ${signer.name} (licence ${signer.licence}) at ${signedAt}`,
    `Signature checked on this machine: ${here ? "it is over these bytes" : "it is NOT over these bytes"}`,
    `Images as read: ${evidence.unchanged} unchanged, ${evidence.altered.length} altered, ${evidence.missing.length} missing`,
    `Images that came later: ${evidence.later.length}`,
    ...evidence.later.map(({ sopUid, indexedAt }) => `  ${sopUid} at ${indexedAt}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function saveProof(folder: string, { signed }: Verification): void {
  if (signed === undefined) throw new CommandFailed("The server sent no signed bytes.");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries({
    "report.json": signed.bytes,
    "report.sig": signed.signature,
    "key.der": signed.publicKey,
  })) {
    writeFileSync(join(folder, name), Buffer.from(text, "base64"), { mode: 0o600 });
  }
  // Beside the result, not in it: with --json that is for a program.
  process.stderr.write(
    `Saved. In ${folder}: openssl dgst -sha256 -verify key.der -keyform DER -signature report.sig report.json\n`,
  );
}
