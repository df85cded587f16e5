import type { Severity } from '../../schemas/alert.ts';

export const severityRank: Readonly<Record<Severity, number>> = { low: 0, medium: 1, high: 2, critical: 3 };

/** Bits over the threshold from which a score is more than `medium`. */
const highBits = 5;
const criticalBits = 12;

/** Severity of a score so many bits over the threshold. */
export function severityOf(overBits: number): Severity {
  if (overBits > criticalBits) return 'critical';
  return overBits > highBits ? 'high' : 'medium';
}

export function worst(a: Severity, b: Severity): Severity {
  return severityRank[a] >= severityRank[b] ? a : b;
}
