/** How a command ends when it does not succeed. Scripts rely on the numbers; `mic --help` prints them. */
export const exitCodes = {
  /** Everything that was asked for is done. */
  ok: 0,
  /** The command, the network or the server failed. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** Done, but some files wait in quarantine, conflict with what is stored, or could not be read. */
  incomplete: 3,
} as const;

/** Ends the command with a sentence for a person; nothing else is printed. */
export class CommandFailed extends Error {
  override readonly name: string = "CommandFailed";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

/** The server's own no. */
export class Refused extends CommandFailed {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

/** A no to what was asked, and not the trouble of a server that fails or is busy. */
export const isNo = (error: unknown): error is Refused =>
  error instanceof Refused && error.status < 500 && error.status !== 429;
