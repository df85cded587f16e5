import { expect, test } from 'vitest';
import { quantity } from '../../src/engine/numbers.ts';

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
