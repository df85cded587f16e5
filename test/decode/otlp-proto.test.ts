import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/decode/unwrap.ts';
import { decode, envoyLine, kongLine, one } from './decoding.ts';
import { expectHidden } from './formats/hostile-values.ts';
import { otlpBytes, otlpJson } from './otlp-writer.ts';

const timeMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);
const limits = { maxRecordBytes: 16_777_216, maxInflatedBytes: 67_108_864, maxDepth: 64 };
const traceId = '5b8efff798038103d269b633813fc60c';
const traced = { timeMs, traceId, attributes: { ...envoyLine } };

describe('OTLP logs in protobuf', () => {
  it('give the same lines as the same batch in JSON', () => {
    const values = {
      text: 'a',
      nothing: '',
      yes: true,
      whole: 7,
      large: 9_007_199_254_740_993n,
      part: 0.5,
      list: ['a', 1, ['b']],
      map: { inner: { deep: 'x' } },
      bytes: new Uint8Array([0xff, 1]),
    };
    const records = [
      { ...traced, body: 'text' },
      { observedMs: timeMs, attributes: values },
      { timeMs, body: values },
      { timeMs, body: JSON.stringify(kongLine) },
      { timeMs, body: Buffer.from(JSON.stringify(envoyLine)) },
    ];
    const resource = { 'service.name': 'edge', 'k8s.pod.name': 'edge-1' };
    const lines = (bytes: Uint8Array) => unwrap(bytes, limits);
    const fromBytes = lines(otlpBytes(records, resource));
    expect(fromBytes).toEqual(lines(Buffer.from(JSON.stringify(otlpJson(records, resource)))));
    expect(fromBytes.lines).toHaveLength(5);
    expect(fromBytes.lines[1]?.json).toMatchObject({
      large: '9007199254740993',
      list: ['a', '1', ['b']],
      map: { inner: { deep: 'x' } },
    });
  });

  it.each([
    ['plain', (bytes: Uint8Array) => bytes],
    ['gzip', gzipSync],
  ])('become events of the format inside (%s)', (_name, pack) => {
    expect(one(pack(otlpBytes([traced], { 'service.name': 'edge' })))).toEqual({
      ...one(envoyLine),
      traceId,
    });
  });

  it('the JSON text of a body wins over attributes, which only add', () => {
    const event = one(
      otlpBytes([{ timeMs, body: JSON.stringify(kongLine), attributes: { started_at: 1, method: 'X' } }]),
    );
    expect(event).toEqual(one(kongLine));
  });

  it('a body without a time of its own has the time of its record', () => {
    const { start_time: _, ...timeless } = envoyLine;
    const [event] = decode(otlpBytes([{ timeMs, body: JSON.stringify(timeless) }])).events;
    expect(event).toMatchObject({ gatewayType: 'envoy', timestampMs: timeMs });
    const observed = decode(otlpBytes([{ observedMs: timeMs, body: JSON.stringify(timeless) }]));
    expect(observed.refused.map(({ reason }) => reason)).toEqual(['time-invalid']);
  });

  it('a text line in the body is read as that text', () => {
    const line =
      '198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET /orders/7 HTTP/1.1" 404 153 "-" "curl/8"';
    expect(one(otlpBytes([{ timeMs, body: line }]))).toEqual(one(line));
  });

  it('an empty batch is skipped', () => {
    expect(decode(otlpBytes([]))).toEqual({ events: [], refused: [], skipped: 1 });
  });

  it('keys of attributes reach no prototype', () => {
    const event = one(
      otlpBytes([{ ...traced, attributes: { ...envoyLine, __proto__x: 'a', constructor: 'b' } }]),
    );
    expect(event.gatewayType).toBe('envoy');
    const polluting = Object.fromEntries([['__proto__', { polluted: 'yes' }]]);
    decode(otlpBytes([{ timeMs, attributes: polluting, body: polluting }], polluting));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('no secret of an attribute is let out', () => {
    const attributes = { ...envoyLine, authorization: 'Bearer Zq7Rv2Lm9Xw4Tk8P' };
    expectHidden(otlpBytes([{ timeMs, attributes }]), ['Zq7Rv2Lm9Xw4Tk8P']);
    expectHidden(otlpBytes([{ timeMs, attributes: { 'x-api-key': 'Zq7Rv2Lm9Xw4Tk8P' } }]), [
      'Zq7Rv2Lm9Xw4Tk8P',
    ]);
  });
});

describe('hostile protobuf ends in a reason', () => {
  const reasonOf = (bytes: Uint8Array) => decode(bytes).refused.map(({ reason }) => reason);
  const whole = otlpBytes([traced]);
  const nested = (kind: number, levels: number) => {
    let value: Uint8Array = Buffer.from([0x0a, 1, 0x61]);
    for (let i = 0; i < levels; i += 1) value = wrapped(kind, wrapped(1, value));
    return wrapped(1, wrapped(2, wrapped(2, wrapped(5, value))));
  };

  it('cut short: envelope-invalid', () => {
    expect(reasonOf(whole.subarray(0, whole.length - 9))).toEqual(['envelope-invalid']);
  });

  it('and shows nothing of what it holds', () => {
    const attributes = { 'http.request.header.x-api-key': ['correcthorsebatterystaple'] };
    const bytes = otlpBytes([{ timeMs, body: 'call', attributes }, traced]);
    for (let length = 8; length < bytes.length; length += 7) {
      expectHidden(bytes.subarray(0, length), ['correcthorsebatterystaple']);
      for (const { excerpt } of decode(bytes.subarray(0, length)).refused)
        expect(excerpt).not.toContain('horse');
    }
  });

  it('nested too deep: too-deep', () => {
    expect(reasonOf(nested(5, 1000))).toEqual(['too-deep']);
  });

  it('millions of empty messages: too-long', () => {
    const empty = Buffer.alloc(6_000_000);
    for (let at = 0; at < empty.length; at += 2) empty[at] = 0x12;
    expect(reasonOf(wrapped(1, wrapped(2, empty)))).toEqual(['too-long']);
  });

  it('traces: unsupported-encoding, naming them', () => {
    const span = Buffer.concat([wrapped(1, Buffer.alloc(16, 1)), wrapped(2, Buffer.alloc(8, 1))]);
    const traces = wrapped(1, Buffer.concat([wrapped(1, Buffer.alloc(0)), wrapped(2, wrapped(2, span))]));
    const [letter] = decode(traces).refused;
    expect(letter).toMatchObject({ reason: 'unsupported-encoding' });
    expect(letter?.detail).toContain('traces or metrics');
  });

  it('pretty-printed JSON after an empty line is JSON', () => {
    expect(one(`\n${JSON.stringify(envoyLine, null, 2).replace('{\n', '{\n\n')}`).gatewayType).toBe('envoy');
    expect(one(`\n\n${JSON.stringify(envoyLine)}`).gatewayType).toBe('envoy');
    expect(one(`\n{\n${JSON.stringify(envoyLine).slice(1)}`).gatewayType).toBe('envoy');
  });

  it('any change of any byte: an event or a reason', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Buffer.from(whole.subarray(0, length));
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          const { refused } = decode(bytes);
          for (const { reason } of refused) expect(reason).not.toBe('internal-error');
        },
      ),
      { numRuns: 1500 },
    );
  });
});

function wrapped(field: number, content: Uint8Array): Uint8Array {
  const length: number[] = [];
  for (let left = content.length; ; left >>>= 7) {
    length.push(left < 128 ? left : (left & 127) | 128);
    if (left < 128) break;
  }
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), content]);
}
