/** A younger one's first hours would be blown up beyond meaning. */
const leastShare = 0.5;

/**
 * What an exponentially decaying sum would be had it run for ever at the pace it shows: a sum of age `a`
 * has collected the share 1 − 2^(−a/halfLife) of it (Kingma & Ba 2015, bias correction). Without it every
 * young credential's sum lies above its own past for as long as it fills.
 */
export function settledSum(sum: number, ageHours: number, halfLifeHours: number): number {
  return sum / Math.max(leastShare, 1 - 2 ** (-Math.max(0, ageHours) / halfLifeHours));
}
