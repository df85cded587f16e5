/**
 * What an hour must score above the threshold to be told while it runs; when it closes, the threshold is
 * enough. A running hour is judged at its loudest of many moments, and a young one by shares and levels of
 * a few requests.
 */
export const runningMarginBits = 2;

/** Score of a whole hour by its highest running moment and by what it closes with. */
export function hourBits(highestRunningBits: number, closingBits: number): number {
  return Math.max(highestRunningBits - runningMarginBits, closingBits);
}
