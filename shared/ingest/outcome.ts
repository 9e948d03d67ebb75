/** What became of one landed object. `already`: an earlier delivery of the same event did it. `foreign`: not announced here. */
export type IngestOutcome = "indexed" | "duplicate" | "conflict" | "quarantined" | "already" | "foreign";
