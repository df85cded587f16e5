/**
 * How much an hour may teach, by how suspicious it is: 1 for quiet hours, a half at the midpoint, never
 * below three hundredths. A hard gate locks out: what is not learnt stays strange and keeps alerting;
 * no gate lets an attacker become the habit. On real masquerade data the soft gate is what pays most.
 */
const floor = 0.03;

export function gateWeight(scoreBits: number, midpointBits: number): number {
  return Math.max(floor, 1 / (1 + 2 ** (scoreBits - midpointBits)));
}
