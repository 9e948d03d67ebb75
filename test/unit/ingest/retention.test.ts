import { describe, expect, it } from "@jest/globals";
import { retainUntil } from "../../../shared/ingest/retention.ts";

describe("how long an original is kept", () => {
  it.each([
    ["2026-03-01T10:00:00Z", 15, "2041-03-02T00:00:00.000Z"],
    ["2026-03-01T23:59:59Z", 30, "2056-03-02T00:00:00.000Z"],
    ["2028-02-29T00:00:00Z", 15, "2043-03-02T00:00:00.000Z"],
  ])("is whole years and never a second less: %s for %s years", (from, years, until) => {
    expect(retainUntil(new Date(from), years).toISOString()).toBe(until);
  });

  it("is at least a day in a stage that comes and goes, however late in the day", () => {
    expect(retainUntil(new Date("2026-03-01T23:59:59.999Z"), 0).toISOString()).toBe(
      "2026-03-03T00:00:00.000Z",
    );
  });
});
