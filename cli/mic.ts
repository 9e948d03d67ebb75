#!/usr/bin/env node
/** `mic`: the clinic's uploader and the operator's tool. */
import { Command } from "commander";
import { addCharactersCommand } from "./commands/characters.ts";
import { addConflictCommands } from "./commands/conflict.ts";
import { addOrderCommands } from "./commands/order.ts";
import { addQuarantineCommands } from "./commands/quarantine.ts";
import { addRecoverCommands } from "./commands/recover.ts";
import { addReportCommands } from "./commands/report.ts";
import { addShareCommands } from "./commands/share.ts";
import { addStudyCommands } from "./commands/studies.ts";
import { addStudyCommand } from "./commands/study.ts";
import { addUploadCommands } from "./commands/upload.ts";
import { addWatchCommand } from "./commands/watch.ts";
import { CommandFailed, exitCodes } from "./failures.ts";

const program = new Command("mic")
  .description("Medical Image Cloud on the command line")
  .option(
    "--api <url>",
    "the API, such as https://images.example.org/api (or MIC_API; default: the running local cloud)",
  )
  .option(
    "--token <token>",
    "access token (or MIC_TOKEN, or MIC_TOKEN_FILE: a file that is read again when it expires)",
  )
  .option("--user <name>", "sign in as this user of the local cloud")
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 failed, 2 wrong command line, 3 done but files wait in quarantine or conflict,\nor could not be read.",
  )
  .showHelpAfterError("Add --help to see what it takes.")
  // Before the commands are made: they inherit it.
  .exitOverride((error) => process.exit(error.exitCode === 0 ? exitCodes.ok : exitCodes.usage));

addUploadCommands(program);
addWatchCommand(program);
addQuarantineCommands(program);
addConflictCommands(program);
addStudyCommands(program);
addStudyCommand(program);
addOrderCommands(program);
addCharactersCommand(program);
addReportCommands(program);
addShareCommands(program);
addRecoverCommands(program);

// Whoever reads the output may have had enough of it: `mic … | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`mic: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
