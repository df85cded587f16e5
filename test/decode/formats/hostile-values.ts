import fc from 'fast-check';
import { expect } from 'vitest';
import { toWire, usageEventWire } from '../../../schemas/usage-event.ts';
import { decode } from '../decoding.ts';

const schema = usageEventWire.partial();

const values: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  '-',
  'x'.repeat(5000),
  '\u0000\u202e\ud800',
  [],
  ['a', 1, null],
  [[['deep']]],
  {},
  { constructor: { prototype: 1 }, toString: 1 },
  '2026-01-05T10:00:00Z',
];

function expectWhole(line: string | object): void {
  const { events, refused } = decode(line);
  for (const { reason } of refused) expect(reason).not.toBe('internal-error');
  for (const event of events) expect(schema.safeParse(toWire(event)).error?.issues ?? []).toEqual([]);
}

/** Any value in any field of the line, one at a time and two together: an event within its schema or a reason. */
export function survivesAnything(line: object): void {
  const keys = Object.keys(line);
  for (const key of keys) for (const value of values) expectWhole({ ...line, [key]: value });
  const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 600 }), fc.double());
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.constantFrom(...keys), value, value, (a, b, first, second) =>
      expectWhole({ ...line, [a]: first, [b]: second }),
    ),
    { numRuns: 150 },
  );
}

/** The same one level down: any value in any field of an object within the line. */
export function survivesAnythingWithin<Line extends object>(
  line: Line,
  ...parts: readonly (keyof Line)[]
): void {
  for (const part of parts)
    for (const key of Object.keys(line[part] as object))
      for (const value of values) expectWhole({ ...line, [part]: { ...line[part], [key]: value } });
}

/** Cuts, doublings and strange characters at any place of a text line. */
export function survivesDamage(line: string): void {
  const damage = fc.oneof(fc.constant(''), fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('"'));
  fc.assert(
    fc.property(fc.nat(line.length), fc.nat(20), damage, (at, gone, put) =>
      expectWhole(line.slice(0, at) + put + line.slice(at + gone)),
    ),
    { numRuns: 300 },
  );
}

/** Everything decode lets out, searched in clear, base64, base64url, hex and URL-encoded. */
export function expectHidden(line: string | object, secrets: readonly string[]): void {
  const out = JSON.stringify(decode(line));
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    const forms = [
      secret,
      bytes.toString('base64').replaceAll('=', ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      encodeURIComponent(secret),
    ];
    for (const form of forms) expect(out).not.toContain(form);
  }
}
