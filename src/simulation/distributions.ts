import type { Random } from './random.ts';

export function uniform(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** Integer in [low, high], both included. */
export function integer(random: Random, low: number, high: number): number {
  return low + Math.floor(random.next() * (high - low + 1));
}

export function chance(random: Random, probability: number): boolean {
  return random.next() < probability;
}

export function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random.next() * items.length)];
  if (item === undefined) throw new Error('pick: the list is empty');
  return item;
}

/** `count` different items, or all of them in random order when there are fewer. */
export function sample<T>(random: Random, items: readonly T[], count: number): T[] {
  const pool = [...items];
  const size = Math.min(count, pool.length);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(random.next() * (pool.length - i));
    const held = pool[i] as T;
    pool[i] = pool[j] as T;
    pool[j] = held;
  }
  pool.length = size;
  return pool;
}

export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random.next()) * mean;
}

/** Box and Muller, one value a call. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

export function logNormal(random: Random, median: number, sigma: number): number {
  return median * Math.exp(sigma * normal(random));
}

/** Uniform on a logarithmic scale. */
export function logUniform(random: Random, low: number, high: number): number {
  return low * Math.exp(random.next() * Math.log(high / low));
}

/** Mean `shape · scale`; Marsaglia and Tsang 2000, with their boost for shapes below one. */
export function gamma(random: Random, shape: number, scale: number): number {
  if (shape < 1) return gamma(random, shape + 1, scale) * (1 - random.next()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
  }
}

/** Knuth's product for small means, a rounded normal beyond 30, where the two are hardly apart. */
export function poisson(random: Random, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  let product = random.next();
  while (product > limit) {
    count++;
    product *= random.next();
  }
  return count;
}

/** Poisson whose mean is gamma distributed: variance = mean + dispersion · mean². */
export function negativeBinomial(random: Random, mean: number, dispersion: number): number {
  if (!(mean > 0)) return 0;
  if (dispersion <= 0) return poisson(random, mean);
  return poisson(random, gamma(random, 1 / dispersion, dispersion * mean));
}

/** Index in [0, size) with weight about (index + 1)^−exponent, by inverting the continuous law. */
export function zipf(random: Random, size: number, exponent: number): number {
  if (size <= 1) return 0;
  const u = random.next();
  if (Math.abs(exponent - 1) < 1e-6) return Math.min(size - 1, Math.floor((size + 1) ** u) - 1);
  const power = 1 - exponent;
  const x = (1 + u * ((size + 1) ** power - 1)) ** (1 / power);
  return Math.min(size - 1, Math.floor(x) - 1);
}

/** Running sums of weights, scaled to end at 1, for `drawIndex`. */
export function cumulative(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (const [i, weight] of weights.entries()) {
    total += Math.max(0, weight);
    sums[i] = total;
  }
  for (let i = 0; i < sums.length; i++)
    sums[i] = total > 0 ? (sums[i] as number) / total : (i + 1) / sums.length;
  return sums;
}

export function drawIndex(random: Random, sums: Float64Array): number {
  const u = random.next();
  let i = 0;
  while (i < sums.length - 1 && (sums[i] as number) <= u) i++;
  return i;
}
