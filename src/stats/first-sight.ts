/**
 * Evidence of a value (network, client, route) that a credential shows for the first time.
 *
 * Chance of any new value, after Pitman–Yor (Teh 2006): P_new = (θ + d·K) / (N + θ), with K
 * distinct values in N learnt hours; a credential that often changes earns a high P_new by itself.
 * Which new value: backed off to peers and to everybody. Against it stands an attacker's choice q,
 * half the population's values, half anything (Freeman et al. 2016 as a mixture). Since q is a
 * distribution, q/p has mean 1 on honest traffic: the log of the mixture is an honest number of bits.
 */
export interface Novelty {
  /** θ: how readily a credential without history takes a new value. */
  readonly strength: number;
  /** d: how much every distinct value so far raises the chance of another. */
  readonly discount: number;
}

const doubt = 0.25;
const peerShare = 0.8;
/** Chance that the population gives to a value nobody has shown yet. */
export const unseenShare = 1e-4;

export function chanceOfNew(novelty: Novelty, distinct: number, hours: number, commonMode: number): number {
  const own = (novelty.strength + novelty.discount * distinct) / (hours + novelty.strength);
  return Math.min(1, own * Math.max(1, commonMode));
}

/** Bits for a first sight; `peer` and `global` are shares of credential-hours showing the value. */
export function firstSightBits(chance: number, peer: number, global: number): number {
  const globalShare = Math.max(global, unseenShare);
  const usual = chance * (peerShare * Math.max(peer, unseenShare) + (1 - peerShare) * globalShare);
  const attacker = 0.5 * globalShare + 0.5 * unseenShare;
  return Math.log2(1 - doubt + doubt * (attacker / usual));
}
