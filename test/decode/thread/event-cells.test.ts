import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type UsageEvent, usageEventFields } from '../../../schemas/usage-event.ts';
import { CellReader } from '../../../src/decode/thread/cell-reader.ts';
import { CellWriter } from '../../../src/decode/thread/cell-writer.ts';
import { readEvent, writeEvent } from '../../../src/decode/thread/event-cells.ts';
import { TextNumbers } from '../../../src/decode/thread/text-numbers.ts';

/** Few enough to come again, of every length, and what only an attacker would write. */
const text = fc.oneof(
  fc.constantFrom('', 'a', 'b', 'GET /orders/{int}', 'x'.repeat(128), 'x'.repeat(129), '\u0000', '\ud800'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const texts = fc.array(text, { maxLength: 3 });
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true }));

/** Whatever the schema lets a field hold, by its kind. */
function anyOf({ schema }: (typeof usageEventFields)[keyof typeof usageEventFields]): fc.Arbitrary<unknown> {
  const takes = (value: unknown) => schema.safeParse(value).success;
  const kind: fc.Arbitrary<unknown> = takes([])
    ? texts
    : takes(true)
      ? fc.boolean()
      : takes(1)
        ? number
        : text;
  return takes(null) ? fc.option(kind, { nil: null }) : kind;
}

const anyEvent = fc.record(
  Object.fromEntries(Object.entries(usageEventFields).map(([name, field]) => [name, anyOf(field)])),
) as unknown as fc.Arbitrary<UsageEvent>;

function written(events: readonly UsageEvent[], known: TextNumbers) {
  const writer = new CellWriter(known, 1);
  for (const event of events) writeEvent(event, writer);
  return structuredClone({ cells: writer.cells(), newTexts: known.take() });
}

/** What crosses, as the other side reads it; nothing is read before all has come. */
function crossed(messages: readonly (readonly UsageEvent[])[], mostTexts: number): UsageEvent[][] {
  const numbers = new TextNumbers(mostTexts);
  let known: string[] = [];
  const readers = messages.map((events) => {
    const { cells, newTexts } = written(events, numbers);
    if (newTexts.startsOver) known = [];
    known.push(...newTexts.texts);
    return new CellReader(cells, known);
  });
  return readers.map((reader, n) =>
    (messages[n] as readonly UsageEvent[]).map((_, event) => {
      reader.goTo(event);
      return readEvent(reader);
    }),
  );
}

describe('events as cells', () => {
  it('come back with every field as it was, in the order of the schema', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyEvent, { maxLength: 5 }), { maxLength: 4 }), (messages) => {
        const back = crossed(messages, 1000);
        expect(back).toEqual(messages);
        for (const event of back.flat()) expect(Object.keys(event)).toEqual(Object.keys(usageEventFields));
      }),
    );
  });

  it('come back the same when the list of known texts is full and starts over, read late or not', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anyEvent, { maxLength: 3 }), { maxLength: 6 }), (messages) => {
        expect(crossed(messages, 3)).toEqual(messages);
      }),
    );
  });

  it('can be read in any order', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 2, maxLength: 4 }), (events) => {
        const numbers = new TextNumbers();
        const { cells, newTexts } = written(events, numbers);
        const reader = new CellReader(cells, newTexts.texts);
        reader.goTo(events.length - 1);
        expect(readEvent(reader)).toEqual(events.at(-1));
        reader.goTo(0);
        expect(readEvent(reader)).toEqual(events[0]);
      }),
    );
  });
});

describe('TextNumbers', () => {
  it('tells each text once, however many fields and messages it stands in', () => {
    const numbers = new TextNumbers();
    expect([numbers.of('GET', 1), numbers.of('GET', 2), numbers.of('POST', 1)]).toEqual([1, 1, 2]);
    expect(numbers.take()).toEqual({ startsOver: true, texts: ['GET', 'POST'] });
    expect([numbers.of('POST', 3), numbers.of('PUT', 1)]).toEqual([2, 3]);
    expect(numbers.take()).toEqual({ startsOver: false, texts: ['PUT'] });
  });

  it('keeps no more than it has room for, and starts over with the next message', () => {
    const numbers = new TextNumbers(2);
    expect([numbers.of('a', 0), numbers.of('b', 0), numbers.of('c', 0), numbers.of('a', 0)]).toEqual([
      1, 2, 0, 1,
    ]);
    expect(numbers.take()).toEqual({ startsOver: true, texts: ['a', 'b'] });
    expect([numbers.of('c', 0), numbers.of('a', 0)]).toEqual([1, 2]);
    expect(numbers.take()).toEqual({ startsOver: true, texts: ['c', 'a'] });
    numbers.of('a', 0);
    expect(numbers.take()).toEqual({ startsOver: false, texts: [] });
  });

  it('keeps no long text: an attacker chooses it', () => {
    const numbers = new TextNumbers();
    expect(numbers.of('x'.repeat(129), 0)).toBe(0);
    expect(numbers.take().texts).toEqual([]);
  });
});
