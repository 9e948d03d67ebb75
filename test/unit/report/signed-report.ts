/** A report drafted, and signed, in the reading room. */
import { draftReport, type Saved } from "../../../shared/report/draft-report.ts";
import { quoted } from "../../../shared/report/if-match.ts";
import { signReport } from "../../../shared/report/sign-report.ts";
import { content, people, type ReadingRoom } from "../../support/reading-room.ts";

export const reportId = "01JNQZ3K00000000000000000A";

export const draft = (room: ReadingRoom): Promise<Saved> =>
  draftReport(room.reading(people.townRadiologist), room, { reportId, content });

export const sign = (room: ReadingRoom, etag: string) =>
  signReport(room.reading(people.townRadiologist), room, { reportId, ifMatch: quoted(etag) });

export async function signed(room: ReadingRoom) {
  return sign(room, (await draft(room)).etag);
}
