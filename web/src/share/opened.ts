/** What an opened link shows, as the API's contract says. */
import type * as z from "zod/mini";
import type { shareSchemas } from "../../../shared/contract/schemas/share.ts";

export type Opened = z.infer<typeof shareSchemas.getOpenedShare.reply>;
export type OpenedSeries = Opened["series"][number];
export type OpenedReport = Opened["reports"][number];
