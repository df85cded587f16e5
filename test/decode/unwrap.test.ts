import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, envoyLine, one } from './decoding.ts';

const line = JSON.stringify(envoyLine);
const ids = (value: string | Uint8Array | object) =>
  decode(value).events.map(({ httpRequestId }) => httpRequestId);

describe('unwrap takes the event out of', () => {
  const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from(line)]);
  const otlp = {
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'node_id', value: { stringValue: 'edge-1' } }] },
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: '1767607200250000000',
                attributes: Object.entries(envoyLine).map(([key, value]) => ({
                  key,
                  value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
                })),
              },
            ],
          },
        ],
      },
    ],
  };
  it.each<[string, string | Uint8Array | object]>([
    ['gzip', gzipSync(line)],
    ['zstd', zstdCompressSync(line)],
    ["the schema registry's frame", framed],
    ['an array', [envoyLine]],
    ['records', { records: [envoyLine] }],
    ['Records', { Records: [envoyLine] }],
    ['EventBridge', { 'detail-type': 'x', detail: envoyLine }],
    ['CloudWatch', { messageType: 'DATA_MESSAGE', logEvents: [{ message: line, timestamp: 1 }] }],
    ['OTLP JSON', otlp],
    ['message', { message: line, host: 'h' }],
    ['log', { log: `${line}\n`, stream: 'stdout' }],
    ['MESSAGE', { MESSAGE: line }],
    ['event.original', { event: { original: line } }],
    ['jsonPayload', { jsonPayload: envoyLine, insertId: 'x' }],
    ['a CRI prefix', `2026-01-05T10:00:00.25Z stdout F ${line}`],
    ['a syslog prefix', `<134>Jan  5 10:00:00 edge-1 envoy[12]: ${line}`],
    [
      'three of them at once',
      gzipSync(JSON.stringify([{ message: `2026-01-05T10:00:00.25Z stdout F ${line}` }])),
    ],
  ])('%s', (_name, value) => {
    expect(ids(value)).toEqual(['r-1']);
  });

  it('several lines, and objects without a gap', () => {
    expect(ids(`${line}\n${line}\n`)).toEqual(['r-1', 'r-1']);
    expect(ids(`${line}${line}`)).toEqual(['r-1', 'r-1']);
  });

  it('one good line of two, and says what is wrong with the other', () => {
    const { events, refused } = decode(`${line}\n{"broken": }`);
    expect(events).toHaveLength(1);
    expect(refused.map(({ reason }) => reason)).toEqual(['not-json']);
  });

  it('control messages: skipped', () => {
    expect(decode({ messageType: 'CONTROL_MESSAGE' })).toMatchObject({ skipped: 1, events: [], refused: [] });
  });
});

describe('unwrap repairs', () => {
  it('\\x22 and a bare minus', () => {
    const broken = line.replace('"duration":15', '"duration":-').replace('curl/8.5.0', 'a\\x22b');
    expect(one(broken)).toMatchObject({ durationMs: null, userAgent: 'a"b' });
  });
  it('and nothing else', () => {
    expect(decode(line.replace('}', ',}')).refused[0]?.reason).toBe('not-json');
  });
});

describe('unwrap refuses with a reason', () => {
  it.each<[string, string, Uint8Array | string]>([
    ['inflate-failed', 'a bomb', gzipSync(Buffer.alloc(80_000_000))],
    ['inflate-failed', 'torn gzip', gzipSync(line).subarray(0, 60)],
    ['too-long', 'twenty megabytes', Buffer.alloc(20_000_000, 'a')],
    ['too-deep', 'deep nesting', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
    ['not-text', 'bytes that are no text', Buffer.from([0xff, 0xfe, 0x7b, 0x7d])],
    [
      'envelope-invalid',
      'OTLP protobuf cut short',
      Buffer.from([0x0a, 0x10, 0x0a, 0x02, 0x0a, 0x00, 0x12, 0x08]),
    ],
    ['unsupported-encoding', 'an Avro frame', Buffer.from([0, 0, 0, 0, 1, 2, 3, 4])],
    ['wrong-type', 'a number in an array', '[{"a":1},5]'],
    ['unknown-format', 'an unknown object', '{"hello":"world"}'],
    ['unknown-format', 'prose', 'hello world'],
  ])('%s: %s', (reason, _name, value) => {
    const letter = decode(value).refused.find((one) => one.reason === reason);
    expect(letter?.detail.length).toBeGreaterThan(10);
    expect(letter?.excerpt.length).toBeLessThanOrEqual(512);
  });
});
