/**
 * What can be found wrong with a study, by code: how grave it is, and in the technician's words what is wrong and what to do.
 * `{name}` stands for a number or identifier of the finding (`values`); a patient's name or dates are never among them.
 */

/** Who finds it: the matching with orders, the examination of what arrived, the reading of its text. */
export const findingSources = ["order", "door", "characters"] as const;
export type FindingSource = (typeof findingSources)[number];

/** Most urgent first. `action`: before the patient leaves; `warning`: someone should look; `info`: good to know. */
export const severities = ["action", "warning", "info"] as const;
export type Severity = (typeof severities)[number];

export interface Advice {
  readonly what: string;
  readonly do: string;
}
export type FindingValues = Readonly<Record<string, number | string>>;

interface FindingKind {
  readonly source: FindingSource;
  readonly severity: Severity;
  readonly en: Advice;
  readonly zh: Advice;
}

export const findingKinds = {
  "images-not-arrived": {
    source: "door",
    severity: "action",
    en: {
      what: "{arrived} of {announced} announced images have arrived.",
      do: "Send the study again from the scanner; what is here already is not stored twice.",
    },
    zh: {
      what: "已到达 {arrived} 幅图像，预告共 {announced} 幅。",
      do: "请从设备重新发送该检查；已收到的图像不会重复保存。",
    },
  },
} as const satisfies Record<string, FindingKind>;

export type FindingCode = keyof typeof findingKinds;

/** A finding of a release that is no longer, or not yet, running here. */
const unknownKind = {
  en: { what: "Something was found that this release has no words for: {code}.", do: "Ask the operators." },
  zh: { what: "发现本版本无法说明的问题：{code}。", do: "请联系系统管理员。" },
} as const;

/** The sentences of a finding, with its values in them. */
export function adviceOf(
  code: string,
  values: FindingValues = {},
): { readonly en: Advice; readonly zh: Advice } {
  const { en, zh } = Object.hasOwn(findingKinds, code) ? findingKinds[code as FindingCode] : unknownKind;
  const filled = { ...values, code };
  return { en: withValues(en, filled), zh: withValues(zh, filled) };
}

function withValues(advice: Advice, values: FindingValues): Advice {
  const fill = (text: string): string =>
    text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? "?"));
  return { what: fill(advice.what), do: fill(advice.do) };
}
