/**
 * How much an hour may teach, by how suspicious it is: 1 for quiet hours, a half at the midpoint, never
 * below three hundredths. A hard gate locks out: what is not learnt stays strange and keeps alerting;
 * no gate lets an attacker become the habit. On real masquerade data the soft gate is what pays most.
 *
 * Who is new has nothing to be protected yet: the first hour counts in full whatever it looked like
 * beside the type, the n-th for at least 1/n. Otherwise a lively newcomer stays a stranger for days.
 */
const floor = 0.03;

export function gateWeight(scoreBits: number, midpointBits: number, activeHours: number): number {
  return Math.max(floor, 1 / (1 + activeHours), 1 / (1 + 2 ** (scoreBits - midpointBits)));
}
