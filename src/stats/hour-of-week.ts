/**
 * 48 bins: 24 hours of a working day, 24 of a weekend day, in UTC. A habit is smoothed over its
 * neighbours so that half past eight is no surprise to somebody who starts at nine.
 */
export const weekBins = 48;

/** `hour` is hours since the epoch; 1970-01-01 was a Thursday. */
export function weekBin(hour: number): number {
  const day = (Math.floor(hour / 24) + 4) % 7;
  return (day === 0 || day === 6 ? 24 : 0) + (hour % 24);
}

/** Bits against the hour being one of the credential's own, from −0.4 (usual) upwards. */
export function unusualHourBits(
  own: (bin: number) => number,
  total: number,
  bin: number,
  peer: number,
): number {
  const base = bin - (bin % 24);
  const before = base + ((bin + 23) % 24);
  const after = base + ((bin + 1) % 24);
  const chance = (0.5 * own(bin) + 0.25 * own(before) + 0.25 * own(after) + 6 * peer) / (total + 6);
  return Math.log2(0.75 + (0.25 * (1 / weekBins)) / Math.max(chance, 1e-6));
}
