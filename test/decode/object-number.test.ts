import { describe, expect, it } from 'vitest';
import { canonicalLine, one } from './decoding.ts';

describe('the number of an object', () => {
  const numberIn = (fields: Record<string, unknown>) => {
    const { 'object.id': _, 'object.number': __, ...line } = canonicalLine as Record<string, unknown>;
    return one({ ...line, ...fields }).objectNumber;
  };

  it.each([
    ['an id of digits alone', { 'url.path': '/rpc', 'object.id': '512' }, 512],
    [
      'an id that is logged and stands in the path as well',
      { 'url.path': '/orders/512', 'object.id': '512' },
      512,
    ],
    ['a number that is logged', { 'url.path': '/rpc', 'object.id': 'order-512', 'object.number': 7 }, 7],
    ['an id of the path', { 'url.path': '/orders/512' }, 512],
    ['an id that is no number', { 'url.path': '/rpc', 'object.id': 'order-512' }, null],
    ['more digits than a number holds', { 'url.path': '/rpc', 'object.id': '9'.repeat(16) }, null],
  ])('is known from %s', (_what, fields, number) => {
    expect(numberIn(fields)).toBe(number);
  });
});
