import type { Grant } from "../access/grant.ts";
import type { ServiceRequest } from "../contract/schemas/order.ts";
import { Problem } from "../errors.ts";
import type { Clock } from "../ports.ts";
import { changeMatched, type OrderAndStudy } from "./change-matched.ts";
import { linkWrites, unlinkWrites } from "./link-study.ts";

/** Somebody says what a study was made for. Saying it again changes nothing; a study of another order is refused. */
export const matchStudy = (grant: Grant, clock: Clock, which: OrderAndStudy): Promise<ServiceRequest> =>
  changeMatched(grant, clock, which, {
    study: "any",
    writes: (order, study, at) => {
      if (study.orderId === order.orderId) return [];
      if (study.orderId !== undefined)
        throw new Problem("conflict", "The study is another order's: take it from that one first.", {
          extensions: { orderId: study.orderId },
        });
      if (order.status === "revoked") throw new Problem("conflict", "The order is cancelled.");
      return linkWrites({ study, order, by: "hand", at });
    },
  });

/** Takes a study from an order; it is listed as unmatched again, and no longer matched by itself. */
export const unmatchStudy = (grant: Grant, clock: Clock, which: OrderAndStudy): Promise<ServiceRequest> =>
  changeMatched(grant, clock, which, {
    writes: (order, study, at) => {
      if (!study.correctedIdentity) return unlinkWrites({ study, order, at });
      const detail = "The study is shown under the order's patient: restore its identity first.";
      throw new Problem("conflict", detail);
    },
  });
