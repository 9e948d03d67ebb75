/** Synthesized once: it takes seconds. */
import { Synthesized } from "./synthesized.ts";

export const dev = new Synthesized({ stage: "dev" });
export const prod = new Synthesized({ stage: "prod" });
export const cn = new Synthesized({ region: "cn-north-1" });
export const stages = { dev, prod, cn } as const;
