/**
 * What can be found wrong with a study, by code: how grave it is, and in the technician's words what is wrong and what to do.
 * `{name}` stands for a number or identifier of the finding (`values`); a patient's name or dates are never among them.
 */

import { headerFindings } from "./findings-of-headers.ts";
import { orderFindings } from "./findings-of-orders.ts";

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

export interface FindingKind {
  readonly source: FindingSource;
  readonly severity: Severity;
  /** Off the study's score of 100. */
  readonly points?: number;
  readonly en: Advice;
  readonly zh: Advice;
}

export const findingKinds = {
  "images-not-arrived": {
    source: "door",
    severity: "action",
    points: 30,
    en: {
      what: "{arrived} of {announced} announced images have arrived.",
      do: "Look in quarantine for files of this upload; what is not there, send again from the scanner: nothing is stored twice.",
    },
    zh: {
      what: "已到达 {arrived} 幅图像，预告共 {announced} 幅。",
      do: "请先查看隔离区中是否有本次上传的文件；其余请从设备重新发送，已收到的图像不会重复保存。",
    },
  },
  "slices-missing": {
    source: "door",
    severity: "action",
    points: 30,
    en: {
      what: "{missing} slices are missing in a series: between {places}.",
      do: "Send the series again from the scanner; if they are missing there too, reconstruct or repeat them.",
    },
    zh: {
      what: "序列缺少 {missing} 层图像，位置：{places}。",
      do: "请从设备重新发送该序列；若设备上也缺少，请重新重建或补扫。",
    },
  },
  "slices-doubtful": {
    source: "door",
    severity: "warning",
    points: 10,
    en: {
      what: "{missing} slices may be missing in a series, at {places}: position and number do not both say so.",
      do: "Compare with the scanner, and send the series again if it has more images.",
    },
    zh: {
      what: "序列可能缺少 {missing} 层图像（{places}）：位置与编号未能同时证实。",
      do: "请与设备上的图像数核对；如设备上更多，请重新发送该序列。",
    },
  },
  "numbers-begin-late": {
    source: "door",
    severity: "warning",
    points: 10,
    en: {
      what: "The images of a series begin with number {first}: the ones before may be missing.",
      do: "Compare with the scanner, and send the series again if it has more images.",
    },
    zh: {
      what: "序列图像编号从 {first} 开始，之前的图像可能缺失。",
      do: "请与设备上的图像数核对；如设备上更多，请重新发送该序列。",
    },
  },
  "positions-twice": {
    source: "door",
    severity: "warning",
    points: 5,
    en: {
      what: "{count} positions of a series hold more than one slice: {places}.",
      do: "Look whether a part was scanned or exported twice, and which of the two is meant.",
    },
    zh: {
      what: "序列中有 {count} 个位置存在重复图像：{places}。",
      do: "请确认是否重复扫描或重复导出，并确认以哪一幅为准。",
    },
  },
  "too-many-to-examine": {
    source: "door",
    severity: "info",
    en: {
      what: "The study has more than {most} images: it was not looked through for missing slices.",
      do: "Nothing; compare the number of images with the scanner if in doubt.",
    },
    zh: {
      what: "该检查超过 {most} 幅图像，未检查是否缺层。",
      do: "无需处理；如有疑问，请与设备核对图像数。",
    },
  },
  ...orderFindings,
  ...headerFindings,
  "text-corrected": {
    source: "characters",
    severity: "warning",
    points: 5,
    en: {
      what: "{images} images declare the character set {declared} and hold {used}; their text was read as {used}.",
      do: "If names look right, set the scanner's character set to {used}. If not: mic characters, or ask the operators.",
    },
    zh: {
      what: "{images} 幅图像声明的字符集为 {declared}，实际内容为 {used}，已按 {used} 读取。",
      do: "若姓名显示正确，请将设备的字符集设置为 {used}；若不正确，请用 mic characters 更改，或联系系统管理员。",
    },
  },
  "text-assigned": {
    source: "characters",
    severity: "info",
    en: {
      what: "The text of the study is read in the character set that a person chose: {choice}.",
      do: "Nothing. mic characters --automatic takes the choice back.",
    },
    zh: {
      what: "该检查的文字按人工选定的字符集读取：{choice}。",
      do: "无需处理。可用 mic characters --automatic 撤销。",
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
