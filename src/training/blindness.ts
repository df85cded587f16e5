import { derivedInputs } from '../../schemas/model.ts';
import type { Random } from '../simulation/random.ts';
import { squashGuard, unsquash } from '../stats/squash.ts';
import type { Samples } from './samples.ts';

/** What a gateway may leave out of its log, with the features that fall silent then. */
const unlogged: Readonly<Record<string, readonly string[]>> = {
  network: ['network-bits', 'networks', 'requests-from-fresh-network', 'travel-bits'],
  client: ['client-bits', 'clients', 'client-new-credentials', 'client-denied-credentials'],
  origin: [
    'network-bits',
    'networks',
    'requests-from-fresh-network',
    'travel-bits',
    'client-bits',
    'clients',
    'client-new-credentials',
    'client-denied-credentials',
    'requests-from-fresh-context',
    'own-objects-from-fresh-context',
    'foreign-objects-from-fresh-context',
    'returns',
    'far-returns',
    'token-returns',
    'far-token-returns',
    'old-and-new-at-once',
    'workloads-day',
  ],
  objects: [
    'own-objects-from-fresh-context',
    'foreign-objects-from-fresh-context',
    'new-objects',
    'distinct-share',
    'new-objects-day',
    'new-objects-days',
    'foreign-objects',
    'foreign-share',
    'foreign-objects-day',
    'foreign-objects-days',
    'stride-steps',
    'sequential-share',
    'far-objects',
    'foreign-stride-steps',
    'block-density',
    'bytes-per-object',
  ],
  pages: ['pages-deep'],
  bytes: ['bytes', 'bytes-per-request', 'bytes-per-object', 'bytes-rank'],
  routes: [
    'route-bits',
    'routes',
    'new-routes',
    'mix-evidence',
    'denied-routes',
    'sensitive-operations',
    'sensitive-kinds',
    'sensitive-refused',
  ],
  grants: ['scope-bits', 'environment-bits'],
  status: [
    'client-errors',
    'client-error-share',
    'client-errors-day',
    'denied',
    'denied-routes',
    'denied-day',
    'opened-after-refusal',
    'client-denied-credentials',
    'sensitive-refused',
  ],
  time: ['hour-bits', 'gap-bits', 'cadence-bits', 'quickness', 'robot-bits'],
  agents: ['tool-bits', 'tool-repeats', 'model-tokens', 'model-cost'],
};

/** A positive that shows less than this many deviations, squared and doubled, anywhere is nobody's example. */
const leastEvidence = 2;

/**
 * Adds every sample again as gateways that log less would have shown it, `times` over, each at `weight` of
 * its own: each time a share
 * is drawn, and every group is hidden with that chance, for some gateways leave out a little and some
 * nearly everything. One combination then reads a full log and a poor one, and no feature learns to lean
 * on another that may be missing.
 */
export function blindedSamples(
  samples: Samples,
  featureNames: readonly string[],
  times: number,
  weight: number,
  random: Random,
): void {
  const columns = Object.values(unlogged).map((names) =>
    names.map((name) => {
      const column = featureNames.indexOf(name);
      if (column < 0) throw new RangeError(`no feature is called '${name}'`);
      return column;
    }),
  );
  const count = samples.count;
  for (let n = 0; n < times; n += 1) {
    for (let s = 0; s < count; s += 1) {
      const row = Float32Array.from(samples.row(s));
      const share = random.next();
      for (const hidden of columns) {
        if (random.next() < share) for (const column of hidden) row[column] = 0;
      }
      const largest = refreshGuards(row, samples.width - derivedInputs);
      if (samples.label(s) === 1 && largest < leastEvidence) continue;
      samples.add(row, samples.label(s), samples.weight(s) * weight);
    }
  }
}

/** The guards follow from the other inputs; returns the guard of the largest. */
export function refreshGuards(row: Float32Array, features: number): number {
  let squares = 0;
  let largest = 0;
  for (let f = 0; f < features; f += 1) {
    const u = unsquash(row[f] as number);
    squares += u * u;
    largest = Math.max(largest, u);
  }
  row[features] = squashGuard(squares);
  row[features + 1] = squashGuard(largest);
  return row[features + 1] as number;
}
