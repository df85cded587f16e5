import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeConfig } from '../../schemas/config/decode.ts';
import { cloudtrailLine, decode, envoyLine } from './decoding.ts';
import { otlpBytes } from './otlp-writer.ts';

/** One row for each envelope that is documented: what is put around lines, and what has to come out. */
const line = JSON.stringify(envoyLine);
const combined =
  '198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET /orders/7 HTTP/1.1" 404 153 "-" "curl/8"';
const timeMs = Date.UTC(2026, 0, 5, 10);
const frame = (body: string | Buffer) => Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), Buffer.from(body)]);
const otlp = (body: object) => ({
  resourceLogs: [{ scopeLogs: [{ logRecords: [{ timeUnixNano: `${timeMs}000000`, body }] }] }],
});
const kvlist = (values: object) => ({
  kvlistValue: {
    values: Object.entries(values).map(([key, value]) => ({
      key,
      value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
    })),
  },
});

const carriers = [
  'message',
  'log',
  'MESSAGE',
  'body',
  '@message',
  'msg',
  'line',
  'textPayload',
  'short_message',
  'full_message',
  'payload',
  'Message',
  'event',
];

const rows: readonly (readonly [
  row: string,
  value: string | Uint8Array | object,
  formats: readonly string[],
])[] = [
  ['1 gzip', gzipSync(line), ['envoy']],
  ['1 gzip of many lines', gzipSync(`${line}\n${combined}\n`), ['envoy', 'nginx-combined']],
  ['1 zstd', zstdCompressSync(line), ['envoy']],
  ['2 Confluent frame of an object', frame(line), ['envoy']],
  ['2 Confluent frame of an array', frame(`[${line},${line}]`), ['envoy', 'envoy']],
  ['3 OTLP protobuf', otlpBytes([{ timeMs, body: line }]), ['envoy']],
  ['3 OTLP protobuf, gzip', gzipSync(otlpBytes([{ timeMs, body: combined }])), ['nginx-combined']],
  ['4 NDJSON', `${line}\r\n\n${line}\n`, ['envoy', 'envoy']],
  ['4 objects without a gap', `${line}${line}`, ['envoy', 'envoy']],
  ['4 an object over several lines', JSON.stringify(envoyLine, null, 2), ['envoy']],
  ['5 array', [envoyLine, envoyLine], ['envoy', 'envoy']],
  ['5 array of texts', [line, combined], ['envoy', 'nginx-combined']],
  ['5 empty array', [], []],
  ['5 a text of JSON', JSON.stringify(line), ['envoy']],
  ['6 Azure records, none', { records: [] }, []],
  ['6 Azure records', { records: [envoyLine] }, ['envoy']],
  ['7 CloudTrail Records', { Records: [cloudtrailLine, cloudtrailLine] }, ['cloudtrail', 'cloudtrail']],
  ['8 EventBridge', { version: '0', 'detail-type': 'x', detail: cloudtrailLine }, ['cloudtrail']],
  [
    '9 CloudWatch subscription',
    {
      messageType: 'DATA_MESSAGE',
      logEvents: [
        { timestamp: timeMs, message: line },
        { timestamp: timeMs, message: combined },
      ],
    },
    ['envoy', 'nginx-combined'],
  ],
  ['10 OTLP JSON, the body a text of JSON', otlp({ stringValue: line }), ['envoy']],
  ['10 OTLP JSON, the body a list of pairs', otlp(kvlist(envoyLine)), ['envoy']],
  ...carriers.flatMap((name) => [
    [`11 ${name}, JSON`, { [name]: line, host: 'h' }, ['envoy']] as const,
    [`11 ${name}, text`, { [name]: combined, host: 'h' }, ['nginx-combined']] as const,
    [
      `11 ${name}, text, and a level as status`,
      { [name]: combined, status: 'info' },
      ['nginx-combined'],
    ] as const,
  ]),
  ...['message', 'log_processed', 'log', 'json', 'event', 'payload', 'data', '_source', 'body', 'msg'].map(
    (name) => [`11 ${name}, parsed`, { [name]: envoyLine, host: 'h', stream: 'stdout' }, ['envoy']] as const,
  ),
  ['11 event.original', { event: { original: line } }, ['envoy']],
  ['11 event.original, dotted', { 'event.original': combined }, ['nginx-combined']],
  ['12 CRI', `2026-01-05T10:00:01.5Z stdout F ${line}`, ['envoy']],
  [
    '12 CRI, cut',
    `2026-01-05T10:00:01.5Z stdout P ${line.slice(0, 50)}\n2026-01-05T10:00:01.5Z stdout F ${line.slice(50)}`,
    ['envoy'],
  ],
  [
    '12 Docker json-file, cut',
    [line.slice(0, 50), `${line.slice(50)}\n`]
      .map((log) => JSON.stringify({ log, stream: 'stdout', time: '2026-01-05T10:00:01.5Z' }))
      .join('\n'),
    ['envoy'],
  ],
  ['13 syslog, RFC 3164', `<134>Jan  5 10:00:01 edge-1 gw[12]: ${line}`, ['envoy']],
  ['13 syslog, no more than the program', `haproxy[12]: ${line}`, ['envoy']],
  ['13 syslog, RFC 5424', `<134>1 2026-01-05T10:00:01.5Z edge-1 gw 12 - - ${combined}`, ['nginx-combined']],
  [
    '13 syslog over TCP, two messages without a gap, a newline and a letter of two bytes in the first',
    [
      `<134>1 - edge-1 gw 12 - - ${line.replace('curl', 'cürl').replace('{', '{\n')}`,
      `<134>1 - e gw 12 - - ${combined}`,
    ]
      .map((message) => `${Buffer.byteLength(message)} ${message}`)
      .join(''),
    ['envoy', 'nginx-combined'],
  ],
  ['14 tyk-analytics-record', { 'tyk-analytics-record': envoyLine }, ['envoy']],
  ['14 jsonPayload', { jsonPayload: envoyLine, insertId: 'x' }, ['envoy']],
  [
    '14 properties as text',
    {
      category: 'GatewayLogs',
      time: '2026-01-05T10:00:00Z',
      properties: '{"method":"GET","url":"https://a/b","responseCode":200}',
    },
    ['azure-apim'],
  ],
  ['14 ai_log as text', { ...envoyLine, ai_log: '{"model":"m"}' }, ['higress']],
  [
    '14 metadata as text',
    { call_type: 'completion', startTime: '2026-01-05 10:00:00.25', prompt_tokens: 1, metadata: '{}' },
    ['litellm'],
  ],
  ['15 text', combined, ['nginx-combined']],
  ['repair of \\x22', line.replace('curl/8.5.0', 'a\\x22b'), ['envoy']],
  ['repair of a bare minus', line.replace('"duration":15', '"duration":-'), ['envoy']],
  ['repair of a bare minus between blanks', line.replace('"duration":15', '"duration" : - '), ['envoy']],
  ['repair in an array', `[${line.replace('"duration":15', '"duration":-')}]`, ['envoy']],
];

describe('envelopes, row by row', () => {
  it.each(rows)('%s', (_row, value, formats) => {
    const { events, refused } = decode(value);
    expect(refused).toEqual([]);
    expect(events.map(({ gatewayType }) => gatewayType)).toEqual(formats);
  });

  it.each([
    ['2 Confluent frame of Avro', frame(Buffer.from([2, 6, 0x61, 0x62])), 'unsupported-encoding'],
    ['3 OTLP protobuf, torn', otlpBytes([{ timeMs, body: line }]).subarray(0, 100), 'envelope-invalid'],
    ['1 gzip, torn', gzipSync(line).subarray(0, 40), 'inflate-failed'],
    ['4 a trailing comma is not repaired', line.replace('}', ',}'), 'not-json'],
    ['4 a quote that nobody escaped', line.replace('/orders', '/ord"ers'), 'not-json'],
    ['15 a request as it was sent', 'GET /a HTTP/1.1\r\nhost: api\r\n\r\n{"a":1}', 'unsupported-encoding'],
    ['15 a text line without its status', combined.slice(0, combined.indexOf(' 404')), 'missing-field'],
  ])('%s: refused, and said why', (_row, value, reason) => {
    const { events, refused } = decode(value);
    expect(events).toEqual([]);
    expect(refused.map((letter) => letter.reason)).toEqual([reason]);
  });

  it('repairs leave alone what is right in the same line', () => {
    const broken = line
      .replace('"duration":15', '"duration":-')
      .replace('curl/8.5.0', 'a\\\\x41:-,b\\x22')
      .replace('"bytes_sent":358', '"bytes_sent":-358');
    expect(broken).toContain('a\\\\x41:-,b\\x22');
    expect(decode(broken).events).toMatchObject([
      { userAgent: 'a\\x41:-,b"', durationMs: null, responseBytes: null, status: 200 },
    ]);
  });

  it('11 what an envelope holds is no event where the envelope itself is one', () => {
    const { events } = decode({ ...envoyLine, data: { ...envoyLine, path: '/other' } });
    expect(events).toMatchObject([{ path: '/orders/1007' }]);
  });

  it('5 a text of JSON hides no secret behind its escapes', () => {
    const hidden = JSON.stringify(line.replace('curl/8.5.0', 'Bearer \\u0061bcdefghijklmnop'));
    const { events } = decode(hidden);
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain('abcdefghijklmnop');
  });

  it('an empty batch is counted', () => {
    expect(decode('[]')).toMatchObject({ events: [], refused: [], skipped: 1 });
    expect(decode({ resourceLogs: [] })).toMatchObject({ events: [], refused: [], skipped: 1 });
  });

  it('9 control messages are of no interest', () => {
    expect(decode({ messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'CWL' }] })).toMatchObject({
      events: [],
      refused: [],
      skipped: 1,
    });
  });
});

describe('limits, at their boundary', () => {
  const { maxDepth, maxInflatedBytes, maxRecordBytes } = decodeConfig.parse({});
  const padded = (bytes: number) =>
    line.replace('"curl/8.5.0"', `"${'x'.repeat(bytes - line.length + 'curl/8.5.0'.length)}"`);

  it('nesting: the deepest allowed is read, one level more is refused', () => {
    const nested = (levels: number) =>
      line.replace('{', `{"deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},`);
    expect(decode(nested(maxDepth))).toMatchObject({ events: [{ gatewayType: 'envoy' }], refused: [] });
    expect(decode(nested(maxDepth + 1)).refused.map(({ reason }) => reason)).toEqual(['too-deep']);
  });

  it('nesting within an envelope counts anew, and is refused as well', () => {
    const nested = (levels: number) =>
      line.replace('{', `{"deep":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},`);
    expect(decode({ message: nested(maxDepth) }).events).toHaveLength(1);
    expect(decode({ message: nested(maxDepth + 1) }).refused.map(({ reason }) => reason)).toEqual([
      'too-deep',
    ]);
  });

  it('envelopes around one another: six are opened, what is deeper is no event', () => {
    const around = (times: number) => {
      let value: object = envoyLine;
      for (let n = 0; n < times; n += 1) value = [value];
      return value;
    };
    expect(decode(around(6)).events).toHaveLength(1);
    expect(decode(around(7)).refused.map(({ reason }) => reason)).toEqual(['too-deep']);
  });

  it('record: as long as allowed is read, a byte more is refused', () => {
    expect(decode(padded(maxRecordBytes)).events).toHaveLength(1);
    expect(decode(padded(maxRecordBytes + 1)).refused.map(({ reason }) => reason)).toEqual(['too-long']);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s: as long as allowed when inflated is read, a byte more is refused', (_name, pack) => {
    const limits = { maxInflatedBytes: 4_096, maxRecordBytes: 8_192 };
    expect(decode(pack(padded(4_096)), limits).events).toHaveLength(1);
    expect(decode(pack(padded(4_097)), limits).refused.map(({ reason }) => reason)).toEqual([
      'inflate-failed',
    ]);
    // What is inflated has to be a record of allowed length too.
    expect(decode(pack(padded(3_000)), { ...limits, maxRecordBytes: 2_048 }).refused[0]?.reason).toBe(
      'too-long',
    );
    expect(maxInflatedBytes).toBeGreaterThanOrEqual(maxRecordBytes);
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
  ])('%s: a bomb costs no more than the limit, and one in another is not opened', (_name, pack) => {
    const bomb = pack(Buffer.alloc(80_000_000));
    expect(decode(bomb).refused.map(({ reason }) => reason)).toEqual(['inflate-failed']);
    expect(decode(pack(bomb)).refused.map(({ reason }) => reason)).toEqual(['not-text']);
  });
});

describe('a text in an event of its own', () => {
  const event = {
    time: '2026-01-05T10:00:00Z',
    method: 'POST',
    path: '/orders/7',
    client_ip: '198.51.100.7',
    statusCode: 200,
  };

  it.each(['payload', 'event', 'Message', 'short_message'])('%s is not taken for the event', (name) => {
    const { events, refused } = decode({ ...event, [name]: '{"amount":7}' });
    expect(refused).toEqual([]);
    expect(events.map(({ path, status }) => [path, status])).toEqual([['/orders/7', 200]]);
  });
});
