import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/engine/bounded-map.ts';

test('BoundedMap keeps the youngest keys, never more than its bound, and counts what it drops', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(30), { maxLength: 200 }),
      fc.integer({ min: 1, max: 12 }),
      fc.boolean(),
      (keys, most, renews) => {
        const map = new BoundedMap<number, number>(most);
        let expected: number[] = [];
        let dropped = 0;
        keys.forEach((key, n) => {
          if (renews) map.delete(key);
          map.set(key, n);
          const isKnown = expected.includes(key);
          if (isKnown && renews) expected = [...expected.filter((one) => one !== key), key];
          if (!isKnown) expected.push(key);
          if (expected.length > most) {
            expected.shift();
            dropped += 1;
          }
          expect([...map].map(([one]) => one)).toEqual(expected);
          expect(map.get(key)).toBe(n);
        });
        expect(map.evictions).toBe(dropped);
      },
    ),
  );
});
