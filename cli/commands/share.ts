/** `mic share`: make, list, revoke links; see who opened them. */
import { type Command, InvalidArgumentError } from "commander";
import type * as z from "zod/mini";
import type { shareSchemas } from "../../shared/contract/schemas/share.ts";
import { printJson, printTable } from "../print.ts";
import { openSession } from "../session.ts";

type Reply<Id extends "createShare" | "listShares" | "listShareAccesses"> = z.infer<
  (typeof shareSchemas)[Id]["reply"]
>;

interface CreateFlags {
  readonly days?: number;
  readonly passcode?: string;
  readonly report?: string;
  readonly download?: boolean;
  readonly openings?: number;
  readonly json?: boolean;
}

export function addShareCommands(program: Command): void {
  const share = program.command("share").description("expiring links for patients and doctors");
  const session = () => openSession(program.opts(), "physician");

  share
    .command("create")
    .description("make a link to a study; it is printed once and stored nowhere")
    .argument("<studyUid>")
    .option("--days <n>", "days until it expires, at most 90", positiveNumber)
    .option("--passcode <code>", "4 to 12 letters and digits, to be told separately")
    .option("--report <id>", "only this signed report, without images")
    .option("--download", "allow the originals to be downloaded")
    .option("--openings <n>", "how often it may be opened", positiveNumber)
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: CreateFlags) => {
      const made = await session().post<Reply<"createShare">>("/v1/shares", requestOf(studyUid, flags));
      if (flags.json) printJson(made);
      else
        process.stdout.write(
          `${made.url}\nExpires ${made.expiresAt}. Revoke it with mic share revoke ${made.shareId}\n`,
        );
    });

  share
    .command("list")
    .description("the hospital's links, newest first")
    .option("--json", "print as JSON")
    .action(async (flags: { json?: boolean }) => {
      const { shares } = await session().get<Reply<"listShares">>("/v1/shares");
      if (flags.json) return printJson(shares);
      const rows = shares.map((one) => [
        one.shareId,
        one.state,
        String(one.openings),
        one.expiresAt,
        one.studyUid,
      ]);
      printTable(["link", "state", "openings", "expires", "study"], rows);
    });

  share
    .command("accesses")
    .description("every opening of a link")
    .argument("<shareId>")
    .option("--json", "print as JSON")
    .action(async (shareId: string, flags: { json?: boolean }) => {
      const { accesses } = await session().get<Reply<"listShareAccesses">>(`/v1/shares/${shareId}/accesses`);
      if (flags.json) return printJson(accesses);
      printTable(
        ["when", "outcome", "from", "with"],
        accesses.map((one) => [one.at, one.outcome, one.sourceIp, one.userAgent]),
      );
    });

  share
    .command("revoke")
    .description("close a link now; bytes stop within 60 seconds")
    .argument("<shareId>")
    .action(async (shareId: string) => {
      await session().request("DELETE", `/v1/shares/${shareId}`);
      process.stdout.write("Revoked.\n");
    });
}

function requestOf(studyUid: string, { days, passcode, report, download, openings }: CreateFlags) {
  return {
    studyUid,
    permission: download ? "download" : "view",
    ...(days === undefined ? {} : { expiresInDays: days }),
    ...(passcode === undefined ? {} : { passcode }),
    ...(report === undefined ? {} : { reportId: report }),
    ...(openings === undefined ? {} : { maxOpenings: openings }),
  };
}

function positiveNumber(value: string): number {
  if (Number(value) > 0) return Number(value);
  throw new InvalidArgumentError("give a number above 0");
}
