/** `mic characters`: in which character set a study's text is read. */
import { type Command, Option } from "commander";
import type { CharacterSetReply, CharacterSetRequest } from "../../shared/contract/schemas/catalog.ts";
import { CommandFailed, exitCodes } from "../failures.ts";
import { printJson } from "../print.ts";
import { openSession } from "../session.ts";

interface Flags {
  readonly set?: string;
  readonly declared?: boolean;
  readonly automatic?: boolean;
  readonly json?: boolean;
}

export function addCharactersCommand(program: Command): void {
  program
    .command("characters <studyUid>")
    .description("names look wrong: choose the character set a study's text is read in, or take that back")
    .addOption(
      new Option("--set <term>", "such as GB18030, ISO_IR 192 (UTF-8), ISO_IR 100 (Latin)").conflicts([
        "declared",
        "automatic",
      ]),
    )
    .addOption(new Option("--declared", "as each file declares, whatever it holds").conflicts("automatic"))
    .option("--automatic", "as the content shows: takes a choice back")
    .option("--json", "print as JSON")
    .action(async (studyUid: string, flags: Flags) => {
      const characterSet = chosen(flags);
      const client = openSession(program.opts(), "technician");
      const path = `/v1/studies/${encodeURIComponent(studyUid)}/character-set`;
      let instances = 0;
      let cursor: string | undefined;
      do {
        const request: CharacterSetRequest = { characterSet, ...(cursor ? { cursor } : {}) };
        const { body } = await client.request<CharacterSetReply>("PUT", path, request);
        instances += body.instances;
        cursor = body.next;
      } while (cursor !== undefined);
      if (flags.json) printJson({ studyUid, characterSet, instances });
      else
        process.stdout.write(
          `The text of ${instances} images is read as ${characterSet}. Searches follow in a moment.\n`,
        );
    });
}

function chosen({ set, declared, automatic }: Flags): string {
  if (set !== undefined) return set;
  if (declared) return "declared";
  if (automatic) return "automatic";
  throw new CommandFailed("Say which: --set <term>, --declared or --automatic.", exitCodes.usage);
}
