import type { Family } from '../../schemas/alert.ts';
import type { FamilyShare } from './scorer.ts';

/** What a score of `bits` would be with one family of evidence at its normal value; `marginBits` is held back of both. */
export function counterfactuals(
  families: ReadonlyMap<Family, FamilyShare>,
  bits: number,
  threshold: number,
  marginBits: number,
): string[] {
  return [...families]
    .map(([family, { withoutBits }]) => [family, { withoutBits: withoutBits - marginBits }] as const)
    .filter(([, { withoutBits }]) => bits - marginBits - withoutBits >= 1)
    .sort(([, a], [, b]) => a.withoutBits - b.withoutBits)
    .map(
      ([family, { withoutBits }]) =>
        `Without the ${familyWords[family]}: ${withoutBits.toFixed(1)} bits, ${withoutBits >= threshold ? 'still an alert' : 'no alert'}`,
    );
}

const familyWords: Readonly<Record<Family, string>> = {
  replay: 'new network and client',
  scraping: 'objects and bytes taken',
  'out-of-pattern': 'change in what, how much and when',
  lifecycle: 'lifecycle evidence',
};
