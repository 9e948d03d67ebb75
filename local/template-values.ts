/** The values of a template's intrinsic functions, as far as the resources we complete use them. */

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: unknown }>>;
}

/** The one account of an emulator. */
const account = "000000000000";
const unresolved = Symbol("unresolved");

/**
 * Resources with `Ref`s to account and region, `Fn::Join` and attributes resolved; an attribute, which AWS chose, is read
 * from the SSM parameter that the same template publishes it in. Members that need anything else are left out.
 */
export async function resolveTemplate(
  { Resources }: Template,
  region: string,
  parameter: (name: string) => Promise<string>,
): Promise<readonly Resource[]> {
  const published = new Map<string, string>();
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type !== "AWS::SSM::Parameter") continue;
    const { Name, Value } = Properties as { Name: string; Value: unknown };
    published.set(JSON.stringify(Value), await parameter(Name));
  }
  const pseudo: Readonly<Record<string, string>> = { "AWS::AccountId": account, "AWS::Region": region };

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = []] = Object.entries(value);
    if (name === "Ref") return pseudo[argument as string] ?? unresolved;
    if (name === "Fn::Join") return joined(resolve(argument) as [string, unknown[]]);
    if (name?.startsWith("Fn::")) return published.get(JSON.stringify(value)) ?? unresolved;
    const members = Object.entries(value).map(([member, inner]) => [member, resolve(inner)] as const);
    return Object.fromEntries(members.filter(([, inner]) => inner !== unresolved));
  }

  return Object.values(Resources).map(({ Type, Properties }) => ({
    Type,
    Properties: resolve(Properties ?? {}) as Record<string, unknown>,
  }));
}

const joined = ([separator, parts]: [string, unknown[]]): unknown =>
  parts.includes(unresolved) ? unresolved : parts.join(separator);
