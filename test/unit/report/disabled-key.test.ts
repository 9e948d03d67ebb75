import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Grant } from "../../../shared/access/grant.ts";
import { amendReport } from "../../../shared/report/amend-report.ts";
import { draftReport } from "../../../shared/report/draft-report.ts";
import { getDiagnosticReport } from "../../../shared/report/get-diagnostic-report.ts";
import { getReport } from "../../../shared/report/get-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import type { SigningDeps } from "../../../shared/report/make-signature.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { updateDraft } from "../../../shared/report/update-draft.ts";
import { verifyReport } from "../../../shared/report/verify-report.ts";
import { content, people, type ReadingRoom, readingRoom } from "../../support/reading-room.ts";
import { draft, reportId, sign } from "./signed-report.ts";

type Use = (grant: Grant, deps: SigningDeps, ifMatch: string) => Promise<unknown>;

const ofDrafts: Readonly<Record<string, Use>> = {
  "starting another": (grant, deps) =>
    draftReport(grant, deps, { reportId: "01JNQZ3K00000000000000000B", content }),
  reading: (grant, deps) => getReport(grant, deps, { reportId }),
  saving: (grant, deps, ifMatch) => updateDraft(grant, deps, { reportId, ifMatch, content }),
  signing: (grant, deps, ifMatch) => signReport(grant, deps, { reportId, ifMatch }),
};
const ofSigned: Readonly<Record<string, Use>> = {
  reading: (grant, deps) => getReport(grant, deps, { reportId }),
  "reading as FHIR": (grant, deps) =>
    getDiagnosticReport(grant, deps, { reportId, baseUrl: "https://images.example/api" }),
  amending: (grant, deps, ifMatch) => amendReport(grant, deps, { reportId, ifMatch, reason: "typo" }),
  verifying: (grant, deps) => verifyReport(grant, deps, { reportId }),
};

/** No key's state is remembered here: each of these asks KMS for the text itself. */
describe("at the moment a hospital disables its key", () => {
  let room: ReadingRoom;
  let ifMatch: string;
  beforeEach(async () => {
    room = await readingRoom();
    ifMatch = quoted((await draft(room)).etag);
  });
  const refused = async (use: Use): Promise<void> => {
    room.keys.disable(room.keyArn);
    const before = room.table.items();
    await expect(use(room.reading(people.townRadiologist), room, ifMatch)).rejects.toMatchObject({
      name: "KeyUnavailable",
    });
    expect(room.table.items()).toEqual(before);
  };

  it.each(Object.entries(ofDrafts))("%s of a draft is refused, and nothing changes", (_, use) =>
    refused(use),
  );

  it.each(Object.entries(ofSigned))(
    "%s of a signed report is refused, and nothing changes",
    async (_, use) => {
      ifMatch = quoted((await sign(room, ifMatch.replaceAll('"', ""))).etag);
      await refused(use);
    },
  );
});
