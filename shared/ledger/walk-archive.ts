import { allVersions } from "../catalog/list-all.ts";
import { objectPrefixes } from "../object-keys.ts";
import { auditStudy } from "./audit-study.ts";
import type { Walk } from "./walk.ts";

/** Every original there is, study by study, against what the catalog holds of the study. */
export const walkArchive: Walk = async (audit, after) => {
  const { objects, hospital, budget } = audit;
  const prefix = objectPrefixes.originals(hospital);
  for (let position = after; ; ) {
    const page = await objects.listVersions("archive", prefix, position);
    const studies = [...Map.groupBy(page.versions, ({ key }) => studyOf(key)).entries()];
    for (const [index, [studyUid, listed]] of studies.entries()) {
      const cut = page.next !== undefined && index === studies.length - 1;
      const key = { ...hospital, studyUid };
      const rest = cut
        ? await allVersions(objects, "archive", objectPrefixes.study(key), listed.at(-1)?.key)
        : [];
      const versions = [...listed, ...rest];
      const looked = await auditStudy(audit, key, versions);
      position = versions.at(-1)?.key;
      if (budget.spend(looked)) return position;
    }
    if (page.next === undefined) return undefined;
  }
};

/** Third segment of the key: keys of a study lie together, since all begin with it and a slash. */
const studyOf = (key: string): string => key.split("/")[2] ?? "";
