import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ColumnSums } from '../../src/engine/column-sums.ts';

test('ColumnSums gives to the last bit what a plain loop gives', () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 70 }),
      fc.integer({ min: 1, max: 90 }),
      fc.infiniteStream(number),
      fc.infiniteStream(fc.boolean()),
      (columns, inputs, numbers, present) => {
        const next = () => numbers.next().value as number;
        const sums = new ColumnSums(columns, inputs);
        const expected = Array.from({ length: columns }, next);
        sums.biases.set(expected);
        let count = 0;
        for (let input = 0; input < inputs; input += 1) {
          const isPresent = present.next().value as boolean;
          const value = next();
          for (let column = 0; column < columns; column += 1) {
            const weight = next();
            sums.setWeight(column, input, weight);
            if (isPresent) expected[column] = (expected[column] as number) + value * weight;
          }
          if (!isPresent) continue;
          sums.places[count] = ColumnSums.place(input);
          sums.values[count] = value;
          count += 1;
        }
        const outputs = expected.map(next);
        sums.outputs.set(outputs);
        const first = next();
        const total = outputs.reduce((sum, output, column) => {
          const activation = expected[column] as number;
          return activation > 0 ? sum + activation * output : sum;
        }, first);
        // The sign of a zero is no part of a score.
        expect(sums.run(count, first) + 0).toBe(total + 0);
      },
    ),
    { numRuns: 20 },
  );
});
