/** Input against a route's schemas. A fault names the field and what it must be, never what was sent. */
import * as z from "zod/mini";
import { networkAudit } from "../../shared/audit/record.ts";
import { hospitalId, parameterForms } from "../../shared/contract/schemas/identifiers.ts";
import { Problem } from "../../shared/errors.ts";

export type Part = "params" | "query" | "body";

/** What the schema makes of `value`. Throws Problem `invalid-request` with `errors: [{ pointer, detail }]`. */
export function validated(schema: z.ZodMiniType, value: unknown, part: Part): unknown {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 20).map((issue) => faultOf(schema, issue, part));
  const [first] = errors;
  throw new Problem("invalid-request", `${first?.pointer}: ${first?.detail}`, { extensions: { errors } });
}

interface Fault {
  /** Where: `body/files/0/size`, `query/limit`. */
  readonly pointer: string;
  readonly detail: string;
}

const faultOf = (schema: z.ZodMiniType, issue: z.core.$ZodIssue, part: Part): Fault => ({
  pointer: [part, ...issue.path.map((step) => nameOf(String(step)))].join("/"),
  detail: expectation(issue, descriptionAt(schema, issue.path)),
});

/** A field's name is the client's own word where a record takes any: only plain names are repeated. */
const nameOf = (step: string): string => (/^[A-Za-z0-9_.-]{1,64}$/.test(step) ? step : "…");

function expectation(issue: z.core.$ZodIssue, description: string | undefined): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "is missing";
      return `must be ${issue.expected}${description ? `: ${description}` : ""}`;
    case "too_small":
    case "too_big":
      return boundOf(issue);
    case "invalid_value":
      return `must be one of ${issue.values.map(String).join(", ")}`;
    case "invalid_format":
      if (description) return `must be of this form: ${description}`;
      return issue.pattern ? `must match ${issue.pattern}` : `must be a valid ${issue.format}`;
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return `has unknown members: ${issue.keys.map(nameOf).join(", ")}`;
    case "custom":
      return issue.message;
    default:
      return "is not valid";
  }
}

function boundOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === "too_small";
  const bound = small ? issue.minimum : issue.maximum;
  const unit = { string: " characters", array: " members" }[issue.origin as string];
  if (unit === undefined) {
    if (issue.inclusive === false) return `must be ${small ? "more" : "less"} than ${bound}`;
    return `must be at ${small ? "least" : "most"} ${bound}`;
  }
  if (small && bound === 1) return "must not be empty";
  return `must have at ${small ? "least" : "most"} ${bound}${unit}`;
}

/** What the contract says of the field that a path leads to. */
function descriptionAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): string | undefined {
  const described = z.globalRegistry.get(schema)?.description;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ("innerType" in def) return descriptionAt(def.innerType, path) ?? described;
  const [step, ...rest] = path;
  if (step === undefined) return described;
  if (def.type === "array") return descriptionAt(def.element, rest);
  const member = def.type === "object" ? def.shape[String(step)] : undefined;
  return member && descriptionAt(member, rest);
}

const id = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));
/** What each path parameter may look like: no `#` or `/` ever reaches a key. */
const forms: Readonly<Record<string, z.ZodMiniType>> = {
  ...parameterForms,
  hospital: z.union([hospitalId, z.literal(networkAudit)]),
  frame: z.string().check(z.regex(/^[1-9][0-9]{0,6}(,[1-9][0-9]{0,6})*$/)),
};

/** Throws Problem `invalid-request` when a path parameter or `?hospital=` cannot be what its name says. */
export function checkForm(name: string, value: string): void {
  if ((forms[name] ?? id).safeParse(value).success) return;
  throw new Problem("invalid-request", `${name}: is not a valid ${name}`, {
    extensions: { errors: [{ pointer: `params/${name}`, detail: `is not a valid ${name}` }] },
  });
}

/** Query parameters as an object: a repeated one is a list. */
export function queryObject(search: URLSearchParams): Readonly<Record<string, string | string[]>> {
  const names = new Set(search.keys());
  return Object.fromEntries(
    [...names].map((name) => {
      const values = search.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? "") : values];
    }),
  );
}
