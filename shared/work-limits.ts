/**
 * How long work from a queue may take, and how often it is tried. The queues are made of these numbers (infra/blocks/queue.ts),
 * and the audit of the ledger knows by them what may still be under way (docs/decisions/work-time-and-tries.md).
 */

/**
 * Deliveries before the dead-letter queue. With the pauses of shared/aws/sqs-redelivery.ts: 17 minutes for the first eight,
 * then 15 each, so work that fails ends there after half an hour to an hour.
 */
export const tries = 12;

/** A message that failed comes back after this at the latest. */
export const longestPauseSeconds = 15 * 60;

/**
 * Only a batch whose worker died waits for it, or one that was never taken. Lambda's guide asks for six times the work
 * time, so that throttled batches are not delivered twice: twice does no harm here, and the first worker's claims have
 * lapsed by then (15 seconds after its work time).
 */
export const graceSeconds = 60;

/** How long one batch may take. */
export const workMinutes = {
  /**
   * An object above 64 MB lands in parts, S3 holds no checksum of its whole, and ingest streams it to hash it: about 75 MB/s
   * for the function as a whole. The worst batch, ten files of 5 GiB, is 53.7 GB: 716 s, plus the copies within S3, side by
   * side, of about 2 minutes. A minute ends nearly all batches; this bounds the worst. Lambda allows no more.
   */
  ingest: 15,
  /** A 60-frame ultrasound decodes in seconds; a mammogram in JPEG 2000 in tens of them. */
  derive: 5,
} as const;

/**
 * From the first delivery to the dead-letter queue at most, in the slowest queue: each worker takes all its time and dies, or
 * fails at its end. Nearly always it is half an hour to an hour.
 */
export const longestUnderWaySeconds =
  tries * (Math.max(...Object.values(workMinutes)) * 60 + Math.max(graceSeconds, longestPauseSeconds));
