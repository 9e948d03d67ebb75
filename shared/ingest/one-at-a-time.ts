import { MemoryBudget } from "../derive/memory-budget.ts";

const turn = new MemoryBudget(1);

/**
 * Runs what takes much memory (a large header and its JSON, a photograph decoded and as an object) when nothing else does, so
 * that a batch of ten fits into the function's. Never within itself: it would wait for its own end.
 */
export const oneAtATime = <T>(work: () => Promise<T>): Promise<T> => turn.within(1, work);
