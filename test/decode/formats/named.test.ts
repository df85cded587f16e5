import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reader } from '../../../src/decode/formats/named.ts';
import { isMissing } from '../../../src/decode/text.ts';

const read = reader({ code: ['a.b.c', 'old.code'], short: ['a.b'], top: ['x'] });

/** What was found, kept beyond the next line. */
function find(line: Parameters<typeof read>[0]) {
  const { code, short, top } = read(line);
  return { code, short, top };
}

describe('reader of dotted names', () => {
  it.each<[string, object]>([
    ['one dotted key', { 'a.b.c': 1 }],
    ['objects within objects', { a: { b: { c: 1 } } }],
    ['an object with a dotted key', { a: { 'b.c': 1 } }],
    ['a dotted key with an object', { 'a.b': { c: 1 } }],
  ])('finds a name written as %s', (_name, line) => {
    expect(find(line as Record<string, unknown>)).toMatchObject({ code: 1, top: null });
  });

  it('the first name that says something wins, in whatever order they come', () => {
    expect(find({ 'old.code': 2, 'a.b.c': 1 }).code).toBe(1);
    expect(find({ 'a.b.c': 1, 'old.code': 2 }).code).toBe(1);
    expect(find({ 'a.b.c': '-', 'old.code': 2 }).code).toBe(2);
  });

  it('keeps nothing of the line before', () => {
    find({ x: 1, 'a.b.c': 1 });
    expect(find({})).toEqual({ code: null, short: null, top: null });
  });

  it('takes nothing from prototypes and survives any object', () => {
    expect(find(JSON.parse('{"__proto__":{"x":1},"constructor":{"x":1}}')).top).toBeNull();
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'a.b', 'b', 'c', 'x', 'old', '__proto__'), fc.jsonValue()),
        (line) => {
          expect(find(line).top).toEqual(
            Object.hasOwn(line, 'x') && !isMissing(line['x']) ? line['x'] : null,
          );
        },
      ),
    );
  });
});
