import { describe, expect, it } from "@jest/globals";
import { Synthesized } from "../../infra/synthesized.ts";
import { anchorsOf } from "./pages.ts";

describe("whoever an alarm wakes", () => {
  it("finds its heading in the runbook", () => {
    const alarms = new Synthesized({ stage: "dev" }).ofType("AWS::CloudWatch::Alarm");
    const links = alarms.map(({ Properties }) => String(Properties.AlarmDescription).split("runbook.md#")[1]);
    expect(links.length).toBeGreaterThan(0);
    const known = anchorsOf("docs/runbook.md");
    expect(links.filter((anchor) => anchor === undefined || !known.includes(anchor))).toEqual([]);
  });
});
