import { describe, expect, test } from 'vitest';
import { firstNamed } from '../../src/engine/first-named.ts';

describe('firstNamed()', () => {
  test('names the family of the abuse before that of its usual company', () => {
    expect(
      firstNamed([
        { family: 'out-of-pattern', bits: 9 },
        { family: 'replay', bits: 5 },
      ]),
    ).toBe('replay');
    expect(
      firstNamed([
        { family: 'out-of-pattern', bits: 9 },
        { family: 'replay', bits: 4 },
      ]),
    ).toBe('out-of-pattern');
  });

  test('a broken rule comes before a habit of as many bits', () => {
    const habit = [{ family: 'replay', bits: 30 }] as const;
    expect(firstNamed(habit, [{ family: 'lifecycle', bits: 31 }])).toBe('lifecycle');
    expect(firstNamed(habit, [{ family: 'lifecycle', bits: 8 }])).toBe('replay');
  });

  test('adds up what a family has of both kinds', () => {
    expect(
      firstNamed(
        [
          { family: 'lifecycle', bits: 8 },
          { family: 'replay', bits: 10 },
        ],
        [{ family: 'lifecycle', bits: 5 }],
      ),
    ).toBe('lifecycle');
  });

  test('has a name for no evidence at all', () => {
    expect(firstNamed([])).toBe('out-of-pattern');
  });
});
