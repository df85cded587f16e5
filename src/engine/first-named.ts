import type { Family } from '../../schemas/alert.ts';

/**
 * What a bit of a family's evidence weighs where one family has to be named. Whoever uses a stolen credential
 * or walks a catalogue with it also does new things, at new hours and at another rate: evidence of the
 * general family comes with abuse of the others, hardly ever the other way round.
 */
const weightOf: Readonly<Record<Family, number>> = {
  replay: 2,
  scraping: 1.5,
  lifecycle: 1.5,
  'out-of-pattern': 1,
};
/** A broken rule is a fact: no habit is named before it for its family's sake. */
const weightOfFacts = 2;

export interface FamilyBits {
  readonly family: Family;
  readonly bits: number;
}

/** The family an alert is called by, from its shares in the score and from the rules that were broken. */
export function firstNamed(shares: Iterable<FamilyBits>, facts: Iterable<FamilyBits> = []): Family {
  const weighed = new Map<Family, number>();
  const add = (family: Family, bits: number) => weighed.set(family, (weighed.get(family) ?? 0) + bits);
  for (const { family, bits } of facts) add(family, bits * weightOfFacts);
  for (const { family, bits } of shares) add(family, bits * weightOf[family]);
  let first: Family = 'out-of-pattern';
  let most = Number.NEGATIVE_INFINITY;
  for (const [family, bits] of weighed) {
    if (bits <= most) continue;
    most = bits;
    first = family;
  }
  return first;
}
