import type { Weights } from '../../src/training/network.ts';

/** Log-odds of one row, by the layout that `Weights` says: for comparison with what training and export make of it. */
export function logOdds({ all, width, hidden }: Weights, row: ArrayLike<number>): number {
  const weighted = (base: number) => {
    let sum = all[base + width] as number;
    for (let i = 0; i < width; i += 1) sum += (all[base + i] as number) * (row[i] as number);
    return sum;
  };
  let sum = weighted(0);
  for (let unit = 0; unit < hidden; unit += 1) {
    const base = width + 1 + unit * (width + 2);
    sum += Math.max(0, weighted(base)) * (all[base + width + 1] as number);
  }
  return sum;
}
