import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { framingOf, splitterFor } from '../../src/sources/frames.ts';
import { otlpBytes } from '../decode/otlp-writer.ts';
import { sized } from './sized.ts';

const timeMs = Date.UTC(2026, 0, 5, 10);
const batch = (n: number) =>
  otlpBytes([{ timeMs, attributes: { n: 'x'.repeat(n) } }], { 'service.name': 'edge' });

function divided(bytes: Uint8Array, chunkBytes: number, maxBytes = 1 << 20) {
  const splitter = splitterFor(framingOf(bytes) ?? 'lines', maxBytes);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.byteLength; at += chunkBytes)
    for (const record of splitter.push(bytes.subarray(at, at + chunkBytes)))
      records.push(Buffer.from(record));
  const last = splitter.flush();
  return last === null ? records : [...records, Buffer.from(last)];
}

describe('framingOf()', () => {
  test.each([
    ['a JSON line', '{"a":1}\n', 'lines'],
    ['a text line', '198.51.100.4 - - [05/Jan/2026:10:00:00 +0000]', 'lines'],
    ['an empty line first', '\n{"a":1}\n{"b":2}\n', 'lines'],
    ['empty lines', '\n'.repeat(40), 'lines'],
    ['an empty line and a short one', '\nshort\n', 'lines'],
    ['a line of one letter after an empty one', `\nX\nAAAA${'b'.repeat(40)}`, 'lines'],
    ["a schema registry's frame", Buffer.from('\0\0\0\0\x0a{"request":{"id":"r-3"}}'), 'lines'],
    ['an OTLP request', batch(3), 'fields'],
    ['a long OTLP request', batch(70_000), 'fields'],
    ['an OTLP request without a resource', otlpBytes([{ timeMs }]), 'fields'],
    ['requests with their sizes', sized(batch(3), batch(5)), 'sizes'],
    ['JSON with its size', sized(Buffer.from('{"resourceLogs":[]}')), 'sizes'],
    ['a size of more than 16 MiB', sized(batch(17_000_000)), 'sizes'],
  ])('%s', (_name, content, framing) => {
    expect(framingOf(Buffer.from(content))).toBe(framing);
  });

  test.each([
    ['nothing', ''],
    ['a newline', '\n'],
    ['the start of a request', batch(3).subarray(0, 3)],
    ['the start of a size', sized(batch(3)).subarray(0, 9)],
  ])('cannot tell yet: %s', (_name, content) => {
    expect(framingOf(Buffer.from(content))).toBe(undefined);
  });
});

describe('splitterFor()', () => {
  test('gives every record once, wherever the chunks end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(300), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 400 }),
        fc.boolean(),
        (sizes, chunkBytes, hasSizes) => {
          const batches = sizes.map((size) => Buffer.from(batch(size)));
          const bytes = hasSizes ? sized(...batches) : Buffer.concat(batches);
          expect(divided(bytes, chunkBytes)).toEqual(batches);
        },
      ),
    );
  });

  test('says how many bytes belong to a record that is not finished', () => {
    const bytes = sized(batch(10), batch(20));
    const splitter = splitterFor('sizes', 1 << 20);
    const first = 4 + batch(10).byteLength;
    expect([...splitter.push(bytes.subarray(0, first + 9))]).toHaveLength(1);
    expect(splitter.heldBytes).toBe(9);
    expect([...splitter.push(bytes.subarray(first + 9))]).toHaveLength(1);
    expect(splitter.heldBytes).toBe(0);
  });

  test('gives out the start of a record that is too long, and goes on behind it', () => {
    const [long, short] = [Buffer.from(batch(5_000)), Buffer.from(batch(20))];
    for (const bytes of [sized(long, short), Buffer.concat([long, short])]) {
      for (const chunkBytes of [7, 100, 1_200, 9_000]) {
        const records = divided(bytes, chunkBytes, 1_000);
        expect(records.map(({ byteLength }) => byteLength)).toEqual([1_001, short.byteLength]);
        expect(records[1]).toEqual(short);
      }
    }
  });

  test('keeps no more of a record than may be read', () => {
    const splitter = splitterFor('sizes', 1_000);
    const bytes = sized(batch(50_000));
    let most = 0;
    for (let at = 0; at < bytes.byteLength; at += 100) {
      const given = [...splitter.push(bytes.subarray(at, at + 100))].length;
      if (at <= 1_000) most = Math.max(most, splitter.heldBytes);
      if (at > 1_100) expect(given).toBe(0);
    }
    expect(most).toBeLessThanOrEqual(1_105);
  });

  test('hands on what is cut short or no frame, for the decoder to name', () => {
    expect(divided(batch(50).subarray(0, 40), 16)).toEqual([Buffer.from(batch(50).subarray(0, 40))]);
    expect(divided(sized(batch(50)).subarray(0, 44), 16)).toEqual([Buffer.from(batch(50).subarray(0, 40))]);
    const broken = Buffer.concat([batch(5), Buffer.from('no field')]);
    expect(divided(broken, 1_000).map((record) => `${record}`.slice(0, 8))[1]).toBe('no field');
  });
});
