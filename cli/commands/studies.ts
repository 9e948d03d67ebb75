/** `mic studies`, `mic rebuild`, `mic hold`: find studies, derive them again, keep them for a court. */
import { type Command, InvalidArgumentError } from "commander";
import type { DicomJson } from "../../shared/catalog/items.ts";
import type { LegalHoldReply, RebuildReply, RebuildRequest } from "../../shared/contract/schemas/catalog.ts";
import { Problem } from "../../shared/errors.ts";
import { parseRange } from "../../shared/query/match-attributes.ts";
import { searchLimits } from "../../shared/query/search-limits.ts";
import type { ApiClient } from "../client.ts";
import { CommandFailed, exitCodes, Refused } from "../failures.ts";
import { hospitalsOf } from "../hospitals.ts";
import { printJson, printTable, shortened } from "../print.ts";
import { openSession } from "../session.ts";

interface SearchFlags {
  readonly scope: string;
  readonly name?: string;
  readonly id?: string;
  readonly accession?: string;
  readonly date?: string;
  readonly modality?: string;
  readonly limit: string;
  readonly json?: boolean;
}

export function addStudyCommands(program: Command): void {
  program
    .command("studies")
    .description("search for studies, newest first")
    .option("--scope <scope>", "image root: mine, hospital-<id>, consult-<id>", "mine")
    .option("--name <name>", "patient's name: characters, pinyin or initials; * and ? as wildcards")
    .option("--id <id>", "patient id")
    .option("--accession <number>", "accession number")
    .option("--date <range>", "20260101, 20260101-, 20260101-20260131", dateRange)
    .option("--modality <modality>", "CT, MR, DX …")
    .option("--limit <n>", "results", "20")
    .option("--json", "print the DICOM JSON answer")
    .action(async (flags: SearchFlags) => {
      const client = openSession(program.opts(), "physician");
      const query = searchParameters(flags);
      const path = `/dicomweb/${flags.scope}/studies?${query}`;
      const { body: studies = [], headers } = await client.request<DicomJson[] | undefined>("GET", path);
      if (flags.json) return printJson(studies);
      if (studies.length === 0) {
        const asWhom = client.username === undefined ? "" : ` among those ${client.username} may see`;
        return void process.stdout.write(`No study matches${asWhom}.\n`);
      }
      printTable(["date", "name", "id", "modality", "images", "study"], studies.map(rowOf));
      if (headers.has("link") || headers.has("warning")) process.stdout.write(moreThan(studies.length));
    });

  program
    .command("rebuild")
    .description(
      "make thumbnails and frames again, with --catalog everything the catalog knows, from the archive alone",
    )
    .option("--catalog", "the items of the catalog and the metadata too; of a study or of a whole hospital")
    .option("--hospital <id>", "one hospital; an operator's default is every hospital")
    .option("--cursor <cursor>", "go on where an interrupted rebuild of this hospital stopped")
    .option("--study <uid>", "only this study")
    .option("--series <uid>", "only this series of the study")
    .option("--instance <uid>", "only this instance of the series")
    .option("--json", "print as JSON")
    .action((flags: RebuildFlags) => rebuild(openSession(program.opts(), "hospital-admin"), flags));

  program
    .command("hold <studyUid>")
    .description("legal hold: keep a study and its reports whatever their retention, until released")
    .requiredOption("--reason <text>", "such as a case number; never a patient's name")
    .option("--release", "let it go again")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: { reason: string; release?: boolean; json?: boolean }) => {
      const client = openSession(program.opts(), "hospital-admin");
      const hold = !flags.release;
      let instances = 0;
      let cursor: string | undefined;
      const path = `/v1/studies/${encodeURIComponent(studyUid)}/legal-hold`;
      do {
        const reply = await client.post<LegalHoldReply>(path, {
          hold,
          reason: flags.reason,
          ...(cursor ? { cursor } : {}),
        });
        instances += reply.instances;
        cursor = reply.next;
      } while (cursor !== undefined);
      if (flags.json) printJson({ studyUid, hold, instances });
      else process.stdout.write(`${instances} images are ${hold ? "under legal hold" : "released"}.\n`);
    });
}

interface RebuildFlags {
  readonly study?: string;
  readonly series?: string;
  readonly instance?: string;
  readonly catalog?: boolean;
  readonly hospital?: string;
  readonly cursor?: string;
  readonly json?: boolean;
}

async function rebuild(client: ApiClient, flags: RebuildFlags): Promise<void> {
  const { study, series, instance, catalog } = flags;
  const request: RebuildRequest = {
    studyUid: study,
    seriesUid: series,
    sopUid: instance,
    ...(catalog && { catalog }),
  };
  const hospitals = await hospitalsOf(client, flags.hospital);
  if (flags.cursor !== undefined && hospitals.length > 1)
    throw new CommandFailed("Name the hospital that --cursor belongs to: --hospital <id>.", exitCodes.usage);
  let queued = 0;
  // One of several hospitals has the study: that the others have none is no fault.
  const absent = (error: unknown): boolean =>
    hospitals.length > 1 && study !== undefined && error instanceof Refused && error.status === 404;
  for (const hospital of hospitals) {
    let { cursor } = flags;
    do {
      const body = { ...request, ...(cursor && { cursor }) };
      const reply = await client
        .post<RebuildReply>(`/v1/rebuilds?hospital=${hospital}`, body)
        .catch((error: unknown): RebuildReply => {
          if (absent(error)) return { queued: 0 };
          if (cursor !== undefined)
            process.stderr.write(`To go on: --hospital ${hospital} --cursor ${cursor}\n`);
          throw error;
        });
      queued += reply.queued;
      cursor = reply.next;
      if (process.stderr.isTTY && cursor !== undefined)
        process.stderr.write(`\r${hospital}: ${queued} so far`);
    } while (cursor !== undefined);
  }
  if (queued === 0 && study !== undefined && hospitals.length > 1)
    throw new CommandFailed(
      "No hospital of the network has this study. Look at its UID, and name one: --hospital <id>.",
    );
  if (flags.json) printJson({ queued });
  else if (catalog)
    process.stdout.write(`${queued} files will be indexed again. mic audit ledger shows when all are.\n`);
  else process.stdout.write(`${queued} instances will be derived again.\n`);
}

function dateRange(value: string): string {
  try {
    parseRange(value, "00080020");
    return value;
  } catch (error) {
    throw error instanceof Problem ? new InvalidArgumentError(error.message) : error;
  }
}

function moreThan(shown: number): string {
  const larger = Math.min(shown * 5, searchLimits.maximumLimit);
  return `The first ${shown}; there are more: ${larger > shown ? `--limit ${larger}` : "say more of what you look for"}\n`;
}

function searchParameters({ name, id, accession, date, modality, limit }: SearchFlags): URLSearchParams {
  const given = {
    PatientName: name,
    PatientID: id,
    AccessionNumber: accession,
    StudyDate: date,
    ModalitiesInStudy: modality,
  };
  const query = new URLSearchParams({ limit, fuzzymatching: "true" });
  for (const [key, value] of Object.entries(given)) if (value !== undefined) query.set(key, value);
  return query;
}

/** Places of a column: what a file says may be of any length. */
const cell = 30;

function rowOf(study: DicomJson): readonly string[] {
  const text = (tag: string): string => String(study[tag]?.Value?.[0] ?? "");
  const name = study["00100010"]?.Value?.[0] as { Alphabetic?: string; Ideographic?: string } | undefined;
  const modalities = (study["00080061"]?.Value ?? []).join("\\");
  return [
    shortened(text("00080020"), cell),
    shortened(name?.Ideographic ?? name?.Alphabetic ?? "", cell),
    shortened(text("00100020"), cell),
    shortened(modalities, cell),
    text("00201208"),
    text("0020000D"),
  ];
}
