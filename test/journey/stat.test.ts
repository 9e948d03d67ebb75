/** Emergencies have a lane of their own: a backlog of routine images never delays one. */
import { describe, expect, it } from "@jest/globals";
import type { Ledger } from "../../shared/contract/schemas/upload.ts";
import { send, settled, signedIn } from "../support/cloud.ts";
import { ctSeries, newUid } from "../support/instances.ts";

const technician = signedIn("technician@xinghe-village");
const backlog = 300;

describe("an emergency", () => {
  it("is indexed while hundreds of routine slices that came before it still wait", async () => {
    const ledgerOf = async (uploadId: string): Promise<Ledger> =>
      (await technician.get<Ledger>(`/v1/uploads/${uploadId}?limit=1`)).body;
    const routine = await send(technician, ctSeries(backlog, { studyUid: newUid() }));
    const before = await ledgerOf(routine);
    expect(before.totals.indexed).toBeLessThan(backlog - 100);

    const files = ctSeries(4, { studyUid: newUid() });
    const stat = await send(technician, files, { priority: "stat" });
    const emergency = await settled(technician, stat, 60);
    const after = await ledgerOf(routine);
    expect(emergency.totals).toMatchObject({ indexed: 4 });
    expect(after.done).toBe(false);

    const { totals } = await settled(technician, routine, 240);
    expect(totals).toMatchObject({ indexed: backlog, awaiting: 0, stored: 0 });
  }, 400_000);
});
