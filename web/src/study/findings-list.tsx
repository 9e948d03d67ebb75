/** What was found wrong with a study: what it is and what to do, most urgent first. */
import type { FindingView } from "../../../shared/contract/schemas/findings.ts";
import { useApp } from "../app/context.ts";
import { words } from "./words.ts";

export function FindingsList({ findings }: { readonly findings: readonly FindingView[] }) {
  const { language } = useApp();
  const t = words[language];
  return (
    <ul class="files" data-testid="findings">
      {findings.map((finding) => (
        <li
          key={`${finding.source} ${finding.code} ${finding.of}`}
          class={`finding ${finding.severity}`}
          data-code={finding.code}
        >
          <span class={`tag ${finding.severity}`}>{t.severities[finding.severity]}</span>{" "}
          <strong>{finding[language].what}</strong> {finding[language].do}
        </li>
      ))}
    </ul>
  );
}
