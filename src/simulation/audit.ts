import type { Api, Operation } from './apis.ts';
import { integer, logNormal, logUniform } from './distributions.ts';
import { word } from './names.ts';
import type { Random } from './random.ts';

/**
 * Work as audit trails show it: hundreds of operations, some of which everybody uses and most of which
 * few do, and people who each have a selection of their own.
 */
export function auditOperations(random: Random): Operation[] {
  const names = new Set<string>();
  for (let n = integer(random, 100, 500); n > 0; n -= 1) names.add(word(random));
  return [...names].map((route) => ({
    method: 'POST',
    route,
    pathHead: null,
    pathTail: '',
    shape: 'action' as const,
    resource: null,
    scope: 'use',
    admin: false,
    medianBytes: 0,
    bytesSigma: 0,
    hugeShare: 0,
    medianMs: 5,
  }));
}

/** One's own selection of an API's operations: the popular ones are in most, and loved by some. */
export function personalWork(
  random: Random,
  api: Api,
): { readonly operations: readonly Operation[]; readonly weights: readonly number[] } {
  const wanted = Math.round(logUniform(random, 12, 150));
  const exponent = 0.8 + random.next() * 0.6;
  const spread = 0.8 + random.next() * 1.2;
  const ranked = api.operations.map((operation, rank) => {
    const popularity = (rank + 1) ** -exponent;
    // Efraimidis and Spirakis: the largest of u^(1/w) are a sample without replacement, by weight.
    return { operation, popularity, key: Math.log(1 - random.next()) / popularity };
  });
  const chosen = ranked.sort((a, b) => b.key - a.key).slice(0, wanted);
  return {
    operations: chosen.map(({ operation }) => operation),
    weights: chosen.map(({ popularity }) => logNormal(random, Math.sqrt(popularity), spread)),
  };
}
