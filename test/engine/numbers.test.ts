import { expect, test } from 'vitest';
import { ofOne, quantity } from '../../src/engine/numbers.ts';

test('quantity() writes numbers as people do', () => {
  expect([
    quantity(240),
    quantity(2.13),
    quantity(1_530_000, 'bytes'),
    quantity(0.042, 'share'),
    quantity(72, 'hours'),
    quantity(1.5, 'usd'),
    quantity(-0.04, 'bits'),
  ]).toEqual(['240', '2.1', '1.5 MB', '4.2 %', '3 days', '$1.50', '0.0']);
});

test('ofOne() writes of one what was written for many', () => {
  expect([
    ofOne('1 requests in one hour; 0.0 expected'),
    ofOne('11 requests in one hour; 1 expected'),
    ofOne('1.5 kB an object; 1 bytes expected'),
  ]).toEqual([
    '1 request in one hour; 0.0 expected',
    '11 requests in one hour; 1 expected',
    '1.5 kB an object; 1 bytes expected',
  ]);
});
