/** Links: made, listed, revoked, opened by whoever holds one. */
import type { KeyState } from "../../shared/access/key-state.ts";
import { shareSchemas } from "../../shared/contract/schemas/share.ts";
import type { Clock, KeyService, Table } from "../../shared/ports.ts";
import { createShare, reissueLink } from "../../shared/share/create-share.ts";
import { listAccesses } from "../../shared/share/list-accesses.ts";
import { listShares } from "../../shared/share/list-shares.ts";
import { openLink } from "../../shared/share/open-link.ts";
import { readOpenedShare } from "../../shared/share/read-opened-share.ts";
import { revokeShare } from "../../shared/share/revoke-share.ts";
import { environment } from "../environment.ts";
import type { Kernel } from "../http/kernel.ts";
import { api } from "../http.ts";
import { stores } from "../stores.ts";

interface Deps {
  /** Not narrowed: only opening a link uses it, which has nothing but the token to go by. */
  readonly table: Table;
  readonly keys: KeyService;
  readonly keyState: KeyState;
  readonly clock: Clock;
  readonly webOrigin: string;
}

export const shareApi = (deps: () => Deps, kernel?: () => Kernel) =>
  api(
    "share",
    {
      schemas: shareSchemas,
      handlers: {
        createShare: async ({ grant, body, id }) => ({
          status: 201,
          body: await createShare(grant, deps(), { ...body, shareId: id }),
        }),
        listShares: async ({ grant, query }) => ({
          status: 200,
          body: await listShares(grant, deps(), query),
        }),
        revokeShare: async ({ grant, params }) => {
          await revokeShare(grant, deps(), params);
          return { status: 204 };
        },
        listShareAccesses: async ({ grant, params, query }) => ({
          status: 200,
          body: await listAccesses(grant, { ...params, ...query }),
        }),
        getOpenedShare: async ({ grant }) => ({ status: 200, body: await readOpenedShare(grant, deps()) }),
      },
      // The first answer's link is stored nowhere, not even sealed.
      replay: {
        createShare: async ({ grant, id }) => ({
          status: 201,
          body: await reissueLink(grant, deps(), { shareId: id }),
        }),
      },
      publicHandlers: {
        openShare: async ({ caller, body }) => ({ status: 200, body: await openLink(caller, deps(), body) }),
      },
    },
    kernel,
  );

export const handler = shareApi(() => {
  const { table, keyService: keys, keyState, clock } = stores();
  return { table, keys, keyState, clock, webOrigin: environment("settings").webOrigin.replace(/\/+$/, "") };
});
