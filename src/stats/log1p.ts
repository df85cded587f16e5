const table = new Float64Array(4096);
for (let i = 0; i < table.length; i += 1) table[i] = Math.log1p(i);

/** ln(1 + x) for counts: whole numbers below 4096 from a table, the rest computed. */
export function log1p(x: number): number {
  return x < 4096 && x === (x | 0) && x >= 0 ? (table[x] as number) : Math.log1p(x);
}
