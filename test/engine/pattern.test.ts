import { expect, test } from 'vitest';
import { matches } from '../../src/engine/pattern.ts';

test('matches() treats * as any run, and everything else as itself', () => {
  expect([
    matches('a*c', 'abc'),
    matches('a*c', 'ac'),
    matches('a*c', 'ab'),
    matches('*', ''),
    matches('a.c', 'abc'),
    matches('a*b*a', 'aba'),
    matches('a*a', 'a'),
  ]).toEqual([true, true, false, true, false, true, false]);
});
