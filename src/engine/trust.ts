import type { Severity } from '../../schemas/alert.ts';

const quietBelowThresholdBits = 8;
/** What trust an open violation leaves, by its severity. */
const capByViolation: Readonly<Record<Severity, number>> = { low: 60, medium: 30, high: 20, critical: 5 };

/**
 * Trust 0–100: 100 when quiet (eight bits under the threshold or less), 50 halfway, 25 at the alert,
 * falling towards 0 above it. An open violation caps it.
 */
export function trust(scoreBits: number, thresholdBits: number, violation: Severity | null): number {
  const share = Math.max(0, (scoreBits - thresholdBits + quietBelowThresholdBits) / quietBelowThresholdBits);
  const behaviour = Math.round(100 * 2 ** (-2 * share));
  return violation === null ? behaviour : Math.min(behaviour, capByViolation[violation]);
}
