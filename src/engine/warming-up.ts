/** Hours of use after which a credential is no longer cold. */
export const coldHours = 24;
/** Age of a stream of logs after which its credentials' kinds are known. */
export const youngStreamMs = 2 * 86_400_000;

/**
 * Where neither the credential nor the population is known yet, everything is new: as much evidence is
 * asked for as one in two thousand clean days of cold credentials of young streams showed in calibration, however few
 * credentials there are; less so with every hour learnt, and no longer after two days of any traffic.
 */
export function warmingUp(
  thresholdBits: number,
  coldBits: number,
  activeHours: number,
  streamMs: number,
): number {
  const own = Math.max(0, 1 - activeHours / coldHours);
  const population = Math.max(0, 1 - streamMs / youngStreamMs);
  return thresholdBits + Math.max(0, coldBits - thresholdBits) * own * population;
}
