/**
 * One line an event, for a person or, as JSON, for a program. Names of files appear only where somebody must look at one: they
 * may be patients'.
 */
const sentences = {
  watching: "Watching",
  "folder-away": "The folder cannot be read; waiting for it",
  "folder-back": "The folder is back",
  sending: "Sending",
  sent: "Sent",
  completed: "Upload completed",
  settled: "Upload settled",
  quarantined: "Quarantined",
  conflict: "Conflict",
  changed: "Still being written to; trying again later",
  unreadable: "Could not be sent; it stays here",
  "not-moved": "Could not be moved or deleted; trying again later",
  "line-away": "The line or the server is away; trying until it is back",
  "line-back": "The line is back",
  refused: "The server refuses; trying again later",
  "state-unwritable": "What was sent cannot be remembered; a restart will send it again",
  health: "Health",
  stopping: "Stopping: what is on its way is finished first",
  stopped: "Stopped",
} as const;
export type WatchEvent = keyof typeof sentences;
export type Details = Readonly<Record<string, string | number | undefined>>;
export type Log = (event: WatchEvent, details?: Details) => void;

export const watchLog =
  (json: boolean): Log =>
  (event, details = {}) => {
    const at = new Date().toISOString();
    if (json) process.stdout.write(`${JSON.stringify({ at, event, ...details })}\n`);
    else process.stdout.write(`${at} ${sentences[event]}${told(details)}\n`);
  };

function told(details: Details): string {
  const parts = Object.entries(details).filter(([, value]) => value !== undefined);
  return parts.length === 0
    ? ""
    : `: ${parts.map(([name, value]) => `${name} ${visible(value)}`).join(", ")}`;
}

/** A name in a file must not begin a line of its own. */
const visible = (value: unknown): string => String(value).replaceAll(/[\p{Cc}\p{Cf}]/gu, "_");
