import type { Family } from '../../schemas/alert.ts';

/** What the score would be with one family of evidence at its normal value. */
export function counterfactuals(
  families: ReadonlyMap<Family, number>,
  bits: number,
  threshold: number,
): string[] {
  return [...families]
    .filter(([, share]) => share >= 1)
    .sort((a, b) => b[1] - a[1])
    .map(([family, share]) => {
      const left = bits - share;
      return `Without the ${familyWords[family]}: ${left.toFixed(1)} bits, ${left >= threshold ? 'still an alert' : 'no alert'}`;
    });
}

const familyWords: Readonly<Record<Family, string>> = {
  replay: 'new network and client',
  scraping: 'objects and bytes taken',
  'out-of-pattern': 'change in what, how much and when',
  lifecycle: 'lifecycle evidence',
};
