import { describe, expect, it } from 'vitest';
import { evolve } from './evolve.ts';
import { seeds } from './seeds.ts';

/** A short run of what `npm run fuzz` does a million times; the seed is fixed, so that a failure can be repeated. */
describe('decode', () => {
  it('keeps its promises on 4,000 hostile records: no crash, no secret, events within their schema', () => {
    const { executions, findings } = evolve({ executions: 4_000, seed: 20_260_105, seeds: seeds() });
    expect(executions).toBeGreaterThanOrEqual(4_000);
    expect(findings.map(({ why, bytes }) => `${why}: ${Buffer.from(bytes).toString('base64')}`)).toEqual([]);
  }, 60_000);
});
