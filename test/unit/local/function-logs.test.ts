import { describe, expect, it } from "@jest/globals";
import { NewEvents } from "../../../local/function-logs.ts";

const line = (eventId: string, timestamp: number) => ({ eventId, timestamp, message: "{}" });

describe("an operator who follows functions.log", () => {
  it("sees each line once, those that come late too", () => {
    const news = new NewEvents(1_000_000);
    const [first, late, second] = [line("1", 1_100_000), line("2", 1_050_000), line("3", 1_200_000)];
    expect(news.of("search", [first])).toEqual([first]);
    expect(news.since).toBe(1_040_000);
    news.forget();
    expect(news.of("search", [late, first])).toEqual([late]);
    expect(news.of("share", [first, second])).toEqual([first, second]);
    news.forget();
    expect(news.since).toBe(1_140_000);
  });

  it("sees no lines of an earlier run", () => {
    expect(new NewEvents(1_000_000).since).toBe(1_000_000);
  });
});
