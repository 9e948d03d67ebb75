import type { ReportContent } from "./content.ts";

const headings = {
  zh: { findings: "影像所见", impression: "影像诊断", recommendation: "建议", amendmentReason: "修订原因" },
  en: {
    findings: "Findings",
    impression: "Impression",
    recommendation: "Recommendation",
    amendmentReason: "Reason for amendment",
  },
} as const;

/** A report as text with headings, in the language it was written in. */
export function plainText(content: ReportContent): string {
  const words = content.language.toLowerCase().startsWith("zh") ? headings.zh : headings.en;
  return (["findings", "impression", "recommendation", "amendmentReason"] as const)
    .flatMap((part) => (content[part] ? [`${words[part]}\n${content[part]}`] : []))
    .join("\n\n");
}
