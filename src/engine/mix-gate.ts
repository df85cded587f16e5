const operationsBeforeGate = 100;
const usualMixBits = -1.5;
const usualMixed = 5;
/** Somebody given other work for good must become known by it some day. */
const floor = 0.03;

/**
 * A gate of its own for habits of work: an hour whose operations look more like the others' than like
 * this credential's (above half a bit against it, on average) is hardly learnt, whatever the whole
 * score says. On real masquerade data this finds twice as many.
 */
export function mixWeight({
  operations,
  mixBits,
  mixed,
}: {
  operations: number;
  mixBits: number;
  mixed: number;
}): number {
  if (operations < operationsBeforeGate) return 1;
  const mean = (mixBits + usualMixed * usualMixBits) / (mixed + usualMixed);
  return Math.max(floor, 1 / (1 + 2 ** (6 * (mean + 0.5))));
}
