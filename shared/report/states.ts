import { Problem } from "../errors.ts";

/** `amending`: a signed version stands and is what readers see, while a new version is being drafted. */
const transitions = {
  draft: { save: "draft", sign: "signed" },
  signed: { amend: "amending" },
  amending: { save: "amending", sign: "signed" },
} as const satisfies Record<string, Partial<Record<ReportEvent, string>>>;

export type ReportStatus = keyof typeof transitions;
export type ReportEvent = "save" | "sign" | "amend";

const refusals = {
  save: "A signed report never changes. Start an amendment first.",
  sign: "There is nothing to sign: this version is signed already. Start an amendment first.",
  amend: "Only a signed report can be amended, and one amendment is drafted at a time.",
} as const satisfies Record<ReportEvent, string>;

/** The status after the event. Throws Problem("conflict") when the report is not in a state that allows it. */
export function after(status: ReportStatus, event: ReportEvent): ReportStatus {
  const next = (transitions[status] as Partial<Record<ReportEvent, ReportStatus>>)[event];
  if (next === undefined) throw new Problem("conflict", refusals[event], { extensions: { status } });
  return next;
}
