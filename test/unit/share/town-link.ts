/** A link the township makes to its study, and attempts to open it. */
import { expect } from "@jest/globals";
import { createShare, type ShareRequest } from "../../../shared/share/create-share.ts";
import { openLink } from "../../../shared/share/open-link.ts";
import { callerFor } from "../../support/principals.ts";
import { people, type ReadingRoom, study } from "../../support/reading-room.ts";

export const shareId = "01JNQZ3K00000000000000000S";
export const webOrigin = "https://film.example";
const phone = callerFor({ id: "anonymous", kind: "user", name: "", roles: [], scopes: [] });

export async function link(room: ReadingRoom, request: Partial<ShareRequest> = {}) {
  const grant = room.atHospital(people.townPhysician, "createShare");
  const share = await createShare(
    grant,
    { ...room, webOrigin },
    { studyUid: study.studyUid, ...request, shareId },
  );
  return { ...share, token: share.url.split("#")[1] ?? "" };
}
export const open = (room: ReadingRoom, token: string, passcode?: string, openingId?: string) =>
  openLink(phone, room, { token, passcode, openingId });
export const refusal = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "opened",
    ({ type, detail, extensions }: { type: string; detail: string; extensions: object }) => ({
      type,
      detail,
      extensions,
    }),
  );
export const closed = { type: "link-closed", detail: expect.any(String), extensions: {} };
