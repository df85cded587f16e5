const quietBelowThresholdBits = 8;

/**
 * Trust 0–100: 100 when quiet (eight bits under the threshold or less), 50 halfway, 25 at the alert,
 * falling towards 0 above it. An open violation caps it at 20, a critical one at 5.
 */
export function trust(scoreBits: number, thresholdBits: number, violated: 'no' | 'yes' | 'critical'): number {
  const share = Math.max(0, (scoreBits - thresholdBits + quietBelowThresholdBits) / quietBelowThresholdBits);
  const behaviour = Math.round(100 * 2 ** (-2 * share));
  const cap = { no: 100, yes: 20, critical: 5 }[violated];
  return Math.min(behaviour, cap);
}
