import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decode, envoyLine, kongLine } from './decoding.ts';
import { otlpBytes } from './otlp-writer.ts';

const timeMs = Date.UTC(2026, 0, 5, 10);
type Value = string | object;

/** As syslog goes over TCP: its bytes, then itself. */
function counted(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}

const text = (value: Value) => (typeof value === 'string' ? value : JSON.stringify(value));
const inObject = (value: Value) => (typeof value === 'string' ? { message: value } : value);

/** What shippers, runtimes and clouds put around a line; each takes a line of text or an object. */
const envelopes: Readonly<Record<string, (line: Value) => Value>> = {
  'a newline': (line) => `${text(line)}\n`,
  'an array': (line) => [line],
  'Azure records': (line) => ({ records: [line] }),
  'CloudTrail Records': (line) => ({ Records: [line] }),
  EventBridge: (line) => ({ id: 'x', 'detail-type': 'd', source: 's', detail: inObject(line) }),
  'CloudWatch subscription': (line) => ({
    messageType: 'DATA_MESSAGE',
    logGroup: 'g',
    logEvents: [{ id: '1', timestamp: timeMs, message: text(line) }],
  }),
  'OTLP JSON': (line) => ({
    resourceLogs: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'gw' } }] },
        scopeLogs: [
          {
            scope: {},
            logRecords: [{ timeUnixNano: `${timeMs}000000`, body: { stringValue: text(line) } }],
          },
        ],
      },
    ],
  }),
  Vector: (line) => ({
    message: text(line),
    host: 'h',
    source_type: 'file',
    timestamp: '2026-01-05T10:00:01Z',
  }),
  Filebeat: (line) => ({
    '@timestamp': '2026-01-05T10:00:01Z',
    '@metadata': { beat: 'filebeat' },
    message: text(line),
    host: { name: 'h' },
    log: { offset: 0, file: { path: '/a' } },
    ecs: { version: '8.0.0' },
  }),
  'Fluent Bit': (line) => ({
    '@timestamp': 1767607201.5,
    log: `${text(line)}\n`,
    stream: 'stdout',
    kubernetes: { pod_name: 'p' },
  }),
  'Docker json-file': (line) => ({
    log: `${text(line)}\n`,
    stream: 'stdout',
    time: '2026-01-05T10:00:01.5Z',
  }),
  journald: (line) => ({ MESSAGE: text(line), _HOSTNAME: 'h', __REALTIME_TIMESTAMP: '1767607201500000' }),
  Logstash: (line) => ({
    '@timestamp': '2026-01-05T10:00:01Z',
    '@version': '1',
    message: text(line),
    event: { original: text(line) },
  }),
  'Elastic event.original': (line) => ({
    event: { original: text(line) },
    '@timestamp': '2026-01-05T10:00:01Z',
  }),
  'dotted event.original': (line) => ({ 'event.original': text(line) }),
  body: (line) => ({ body: text(line) }),
  '@message': (line) => ({ '@message': text(line), '@timestamp': '2026-01-05T10:00:01Z' }),
  msg: (line) => ({ msg: text(line), level: 'info' }),
  CRI: (line) => `2026-01-05T10:00:01.5Z stdout F ${text(line)}`,
  'syslog, RFC 3164': (line) => `<134>Jan  5 10:00:01 edge-1 gw[12]: ${text(line)}`,
  'syslog without a host': (line) => `<134>Jan  5 10:00:01 gw[12]: ${text(line)}`,
  'syslog, RFC 5424': (line) => `<134>1 2026-01-05T10:00:01.5Z edge-1 gw 12 - - ${text(line)}`,
  'syslog with data': (line) =>
    `<134>1 2026-01-05T10:00:01.5Z edge-1 gw 12 - [ex@1 a="]\\"b"][c] \ufeff${text(line)}`,
  'syslog over TCP, counted': (line) =>
    counted(`<134>1 2026-01-05T10:00:01.5Z edge-1 gw 12 - - ${text(line)}`),
  'the cookie of CEE': (line) => (typeof line === 'string' ? line : `gw[12]: @cee:${text(line)}`),
  'a syslog file': (line) => `Jan  5 10:00:01 edge-1 gw[12]: ${text(line)}`,
  "rsyslog's file": (line) => `2026-01-05T10:00:01.5+00:00 edge-1 gw[12]: ${text(line)}`,
  'Logstash, plain': (line) => `2026-01-05T10:00:01.500Z edge-1 ${text(line)}`,
  'Tyk Pump': (line) => ({ 'tyk-analytics-record': inObject(line) }),
  'Google Cloud Logging': (line) => ({
    insertId: 'x',
    timestamp: '2026-01-05T10:00:01Z',
    ...(typeof line === 'string' ? { textPayload: line } : { jsonPayload: line }),
  }),
};

const lines: Readonly<Record<string, Value>> = {
  envoy: envoyLine,
  kong: kongLine,
  'nginx-combined':
    '198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET /orders/7 HTTP/1.1" 404 153 "-" "curl/8"',
  'caddy-text':
    '2026/01/05 10:00:00.250\tINFO\thttp.log.access\thandled request\t{"request":{"remote_ip":"192.0.2.8","method":"GET","host":"a","uri":"/a"},"duration":0.1,"status":200}',
  'aws-elb':
    '2026-01-05T10:00:00.250000Z lb 192.0.2.8:1 10.0.0.1:80 0.001 0.1 0.001 200 200 1 2 "GET https://a:443/b HTTP/1.1" "curl" - -',
  'aws-api-gateway-text': '192.0.2.8,-,-,05/Jan/2026:10:00:00 +0000,GET,/orders/{id},HTTP/1.1,200,153,r-1',
  'traefik-clf':
    '192.0.2.8 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 153 "-" "curl/8" 7 "r@file" "http://10.0.0.1" 1ms',
  'envoy-text':
    '[2026-01-05T10:00:00.250Z] "GET /a HTTP/1.1" 200 - 0 1 1 1 "192.0.2.8" "curl" "r-1" "host" "10.0.0.1:80"',
  'haproxy-text':
    '192.0.2.8:1234 [05/Jan/2026:10:00:00.250] f b/s 0/0/0/1/1 200 1 - - ---- 1/1/1/1/0 0/0 "GET /a HTTP/1.1"',
  'tyk-access-text':
    'time="Jan 05 10:00:01" level=info api_key="****f1c2" client_ip="::1" latency_total=62 method=GET path=/a prefix=access-log status=200 user_agent="a"',
  'krakend-text':
    '[GIN] 2026/01/05 - 10:00:00 | 200 | 250.5ms | 203.0.113.9 | GET      "/v1/orders/1007?page=3"',
  'agentgateway-text':
    '2026-01-05T10:00:00.250Z info request gateway=g src.addr=192.0.2.8:1 http.method=GET http.path=/a http.status=200 jwt.sub=v duration=4ms',
  'aws-alb':
    'https 2026-01-05T10:00:00.250000Z app/lb/1 192.0.2.8:1 10.0.0.1:80 0.001 0.1 0.001 200 200 1 2 "GET https://a:443/b HTTP/1.1" "curl" - - arn "Root=1-2" "a" "-" 0 2026-01-05T10:00:00.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
  wso2: '[2026-01-05 10:00:00,250]  INFO - ELKCounterMetric apimMetrics: apim:response, properties :{"apiId":"a","proxyResponseCode":200,"requestTimestamp":"2026-01-05T10:00:00.250Z","apiMethod":"GET","apiContext":"/a/1.0","apiResourceTemplate":"/x","applicationId":"app"}',
};

function told(value: Value | Uint8Array) {
  const { events, refused, skipped } = decode(value);
  const seen = events.map(({ gatewayType, timestampMs, status, credentialId, route, clientAddress }) => ({
    gatewayType,
    timestampMs,
    status,
    credentialId,
    route,
    clientAddress,
  }));
  return { seen, refused: refused.map(({ reason, detail }) => `${reason}: ${detail}`), skipped };
}

describe('a line comes out of what was put around it', () => {
  const alone = Object.entries(lines).map(([format, line]) => [format, line, told(text(line))] as const);

  it.each(alone)('%s is known by itself', (format, _line, { seen }) => {
    expect(seen.map(({ gatewayType }) => gatewayType)).toEqual([format]);
  });

  it.each(Object.entries(envelopes))('%s', (_name, put) => {
    for (const [, line, expected] of alone) expect(told(text(put(line)))).toEqual(expected);
  });

  it.each(Object.entries(envelopes))('%s around each of the others', (_name, put) => {
    for (const [name, within] of Object.entries(envelopes)) {
      for (const [format, line, expected] of alone) {
        const inner = within(line);
        // Nobody writes an array of texts into a text.
        const isTexts = typeof line === 'string' && /an array|records/i.test(name);
        const outer = put(inner);
        if (isTexts && (typeof outer === 'string' || JSON.stringify(outer).includes('\\"'))) continue;
        expect(told(text(outer)), `${name}, ${format}`).toEqual(expected);
      }
    }
  });

  it.each([
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
    ['a schema registry', (bytes: Uint8Array) => Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), bytes])],
  ])('%s around all that is JSON', (_name, pack) => {
    for (const put of Object.values(envelopes)) {
      for (const [, line, expected] of alone) {
        const value = put(line);
        if (typeof value !== 'string') expect(told(pack(Buffer.from(text(value))))).toEqual(expected);
      }
    }
  });

  it('the body of a record in protobuf', () => {
    for (const [, line, expected] of alone)
      expect(told(otlpBytes([{ timeMs, body: text(line) }]))).toEqual(expected);
  });

  it.each([
    ['Azure properties', { category: 'GatewayLogs', time: '2026-01-05T10:00:00Z' }, 'properties'],
    ['Higress ai_log', { ...envoyLine }, 'ai_log'],
    [
      'LiteLLM metadata',
      { call_type: 'completion', startTime: '2026-01-05 10:00:00.25', prompt_tokens: 1 },
      'metadata',
    ],
  ])('objects written as text in a field: %s', (_name, line, field) => {
    const inner = { apimSubscriptionId: 's-1', consumer: 'c-1', user_api_key_hash: 'a'.repeat(64) };
    expect(told({ ...line, [field]: JSON.stringify(inner) })).toEqual(told({ ...line, [field]: inner }));
    expect(told({ ...line, [field]: inner }).seen).toHaveLength(1);
  });

  describe('parts of a line that a container runtime cut', () => {
    const cri = (tag: string, part: string, stream = 'stdout') =>
      `2026-01-05T10:00:01.5Z ${stream} ${tag} ${part}`;
    const line = JSON.stringify({ ...envoyLine, user_agent: 'a  b' });
    const at = line.indexOf('a  b') + 2;
    const [first, last] = [line.slice(0, at), line.slice(at)];

    it.each<[string, Value]>([
      ['a text of several lines', `${cri('P', first)}\n${cri('F', last)}\n`],
      ['a text with CRLF', `${cri('P', first)}\r\n${cri('F', last)}\r\n`],
      [
        'a text, behind a whole line of the other stream',
        `${cri('P', first)}\n${cri('F', '', 'stderr')}\n${cri('F', last)}`,
      ],
      ['messages in an array', [{ message: cri('P', first) }, { message: cri('F', last) }]],
      ['lines in an array', [cri('P', first), cri('F', last)]],
      [
        "what Fluent Bit's cri parser makes of them",
        [
          { stream: 'stdout', logtag: 'P', log: first },
          { stream: 'stdout', logtag: 'F', log: last },
        ],
      ],
      [
        'a CloudWatch subscription',
        {
          messageType: 'DATA_MESSAGE',
          logEvents: [first, last].map((part, n) => ({
            timestamp: timeMs,
            message: cri(n === 0 ? 'P' : 'F', part),
          })),
        },
      ],
      [
        'OTLP JSON',
        {
          resourceLogs: [
            {
              scopeLogs: [
                {
                  logRecords: [first, last].map((part, n) => ({
                    body: { stringValue: cri(n === 0 ? 'P' : 'F', part) },
                  })),
                },
              ],
            },
          ],
        },
      ],
    ])('are one line again: %s', (_name, value) => {
      const { events, refused } = decode(value);
      expect(refused).toEqual([]);
      expect(events).toEqual(decode(line).events);
    });

    const docker = (log: string, more: object = {}) => ({
      log,
      stream: 'stdout',
      time: '2026-01-05T10:00:01.5Z',
      ...more,
    });
    const long = JSON.stringify({ ...envoyLine, referer: 'r'.repeat(40_000) });
    const [longFirst, longMiddle, longLast] = [
      long.slice(0, 16_384),
      long.slice(16_384, 32_768),
      long.slice(32_768),
    ];

    it.each<[string, Value, string]>([
      ["Docker's json-file", `${text(docker(first))}\n${text(docker(`${last}\n`))}\n`, line],
      [
        "Docker's json-file, three parts with a line of the other stream between",
        [
          docker(longFirst),
          docker(longMiddle),
          { ...docker('e\n'), stream: 'stderr' },
          docker(`${longLast}\n`),
        ]
          .map(text)
          .join('\n'),
        long,
      ],
      [
        'Docker through Fluent Bit, of two pods',
        [
          docker(longFirst, { kubernetes: { pod_name: 'a' } }),
          docker(`${line}\n`, { kubernetes: { pod_name: 'b' } }),
          docker(longMiddle, { kubernetes: { pod_name: 'a' } }),
          docker(`${longLast}\r\n`, { kubernetes: { pod_name: 'a' } }),
        ],
        `${line}\n${long}`,
      ],
    ])('are one line again: %s', (_name, value, expected) => {
      const { events, refused } = decode(value);
      expect(refused.filter(({ reason }) => reason !== 'unknown-format')).toEqual([]);
      expect(events).toEqual(decode(expected).events);
    });

    it("a whole line of Docker's whose newline a shipper took is no part", () => {
      expect(decode([docker(line), docker(line)]).events).toHaveLength(2);
      expect(decode([docker(lines['nginx-combined'] as string), docker(line)]).events).toHaveLength(2);
      // Broken and not cut by Docker: refused, and nothing waits for its end.
      const broken = docker(first, { host: 'h' });
      expect(decode([broken, docker(line, { host: 'h' })])).toMatchObject({
        events: [{ gatewayType: 'envoy' }],
        refused: [{ reason: 'not-json' }],
      });
    });

    it('are one line of OTLP in protobuf', () => {
      const records = [cri('P', first), cri('F', last)].map((body) => ({ timeMs, body }));
      expect(decode(otlpBytes(records)).events).toEqual(decode(line).events);
    });

    it('hide no secret that lies across the cut', () => {
      const key = 'sk-live-0123456789abcdefghij';
      const secret = JSON.stringify({
        ...envoyLine,
        path: `/orders?api_key=${key}`,
        user_agent: `Bearer ${key}`,
      });
      for (let n = secret.indexOf(key) - 12; n < secret.length - 2; n += 1) {
        const cut = decode(`${cri('P', secret.slice(0, n))}\n${cri('F', secret.slice(n))}`);
        expect(cut.events).toEqual(decode(secret).events);
        expect(JSON.stringify(cut)).not.toContain('0123456789abcdef');
      }
    });

    it('are refused where the end does not come, or may be that of another line', () => {
      const reasons = (value: string) => decode(value).refused.map(({ reason }) => reason);
      expect(reasons(cri('P', first))).toEqual(['envelope-invalid']);
      expect(reasons(`${cri('P', first)}\n${cri('F', line)}`)).toEqual(['envelope-invalid']);
      expect(reasons(`${cri('P', first)}\n${cri('P', first)}`)).toEqual([
        'envelope-invalid',
        'envelope-invalid',
      ]);
      expect(decode(cri('P', first)).refused[0]?.detail).toContain('whose end did not come');
    });

    it('a shipper says which container they are of', () => {
      const part = (pod: string, tag: string, text: string) => ({
        message: cri(tag, text),
        kubernetes: { pod_name: pod },
      });
      const parts = [
        part('a', 'P', first),
        part('b', 'P', first),
        part('a', 'F', last),
        part('b', 'F', last),
      ];
      expect(decode(parts).events).toHaveLength(2);
    });
  });

  it('a text beside the fields of an event is not taken for the line', () => {
    const line = { ...kongLine, status: 200, message: lines['nginx-combined'] };
    expect(told(line)).toEqual(told(kongLine));
  });
});
