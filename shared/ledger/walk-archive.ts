import type { StudyKey } from "../catalog/keys.ts";
import { objectPrefixes } from "../object-keys.ts";
import type { ListedVersion } from "../ports.ts";
import { auditStudy } from "./audit-study.ts";
import type { LedgerAudit, Walk } from "./walk.ts";

/** Every original there is, study by study, against what the catalog holds of the study. */
export const walkArchive: Walk = async (audit, after) => {
  const { objects, hospital, budget } = audit;
  const prefix = objectPrefixes.originals(hospital);
  for (let position = after; ; ) {
    const page = await objects.listVersions("archive", prefix, position);
    const studies = [...Map.groupBy(page.versions, ({ key }) => studyOf(key)).entries()];
    for (const [index, [studyUid, listed]] of studies.entries()) {
      const cut = page.next !== undefined && index === studies.length - 1;
      const versions = cut ? await wholeStudy(audit, { ...hospital, studyUid }, listed) : listed;
      const looked = await auditStudy(audit, { ...hospital, studyUid }, versions);
      position = versions.at(-1)?.key;
      if (budget.spend(looked)) return position;
    }
    if (page.next === undefined) return undefined;
  }
};

/** Third segment of the key: keys of a study lie together, since all begin with it and a slash. */
const studyOf = (key: string): string => key.split("/")[2] ?? "";

/** What of the study comes after the page that began it. */
async function wholeStudy(
  { objects }: LedgerAudit,
  key: StudyKey,
  listed: readonly ListedVersion[],
): Promise<readonly ListedVersion[]> {
  const versions = [...listed];
  for (let after = listed.at(-1)?.key, more = true; more; ) {
    const page = await objects.listVersions("archive", objectPrefixes.study(key), after);
    versions.push(...page.versions);
    [after, more] = [page.next, page.next !== undefined];
  }
  return versions;
}
