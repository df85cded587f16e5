import { atMs, ip, named, nobody, orders, secondMs, type Variant } from './variant.ts';

/** Lines as the examples of documentation give them, beyond the format that is usual now. */
const elb = (tail: string) =>
  `2026-01-05T10:00:00.250000Z my-lb ${ip}:2817 10.0.0.1:80 0.001 0.013 0.001 ${tail}`;
const caddy = (logger: string) =>
  `2026/01/05 10:00:00.500\tINFO\t${logger}\thandled request\t{"request": {"remote_ip": "${ip}", "remote_port": "5000", "client_ip": "${ip}", "proto": "HTTP/1.1", "method": "GET", "host": "api", "uri": "/orders/7?page=2", "headers": {"User-Agent": ["curl/8"]}}, "bytes_read": 3, "user_id": "eve", "duration": 0.25, "size": 153, "status": 200, "resp_headers": {}}`;
const csv = (caller: string, more = '') =>
  `${ip},${caller},-,05/Jan/2026:10:00:00 +0000,GET,/orders/{id},HTTP/1.1,200,153,r-1${more}`;
const element = (name: string, value: string) => `<${name}>${value}</${name}>`;
const awsEvent = {
  timestampMs: secondMs,
  method: 'GET',
  route: 'GET /orders/{id}',
  status: 200,
  responseBytes: 153,
  httpRequestId: 'r-1',
} as const;
const haproxy = {
  type: 'haproxy',
  timestamp: 1767607200,
  http_status: 200,
  http_request: 'GET /orders/7 HTTP/1.1',
  remote_addr: ip,
  bytes_read: 153,
  upstream_addr: '10.0.0.1',
  backend_name: 'orders',
  retries: 0,
  bytes_uploaded: 3,
  upstream_response_time: '14',
  upstream_connect_time: '1',
  session_duration: '15',
  termination_state: '--',
};
const haproxyEvent = {
  timestampMs: secondMs,
  ...orders,
  requestBytes: 3,
  responseBytes: 153,
  durationMs: 15,
  upstreamDurationMs: 14,
  upstreamName: 'orders',
  ...nobody(ip),
};
const snakeAttributes = [
  { key: 'http.request.method', value: { string_value: 'GET' } },
  { key: 'http.response.status_code', value: { int_value: '200' } },
  { key: 'url.path', value: { string_value: '/orders/7' } },
  { key: 'client.address', value: { string_value: ip } },
  { key: 'user_agent.original', value: { string_value: 'curl/8' } },
];

export const examples: readonly Variant[] = [
  {
    format: 'caddy-text',
    variant: 'console',
    line: caddy('http.log.access.log0'),
    event: {
      timestampMs: atMs,
      ...orders,
      requestBytes: 3,
      responseBytes: 153,
      durationMs: 250,
      userAgent: 'curl/8',
      clientAddress: ip,
      ...named('user:eve', 'basic'),
    },
  },
  {
    format: 'caddy-text',
    variant: 'console in colours, with an offset',
    line: caddy('http.log.access').replace('INFO', '\x1b[34mINFO\x1b[0m').replace('.500', '.500+0000'),
    event: { timestampMs: atMs, ...orders },
  },
  {
    format: 'caddy-text',
    variant: 'console with ISO 8601 times',
    line: caddy('http.log.access').replace('2026/01/05 10:00:00.500', '2026-01-05T10:00:00.500Z'),
    event: { timestampMs: atMs, ...orders },
  },
  { format: 'caddy-text', variant: 'error log', line: caddy('http.log.error'), event: null },
  {
    format: 'aws-elb',
    variant: 'HTTPS',
    line: elb(
      '200 200 3 153 "GET https://api.example.com:443/orders/7?page=2 HTTP/1.1" "curl/8" DHE-RSA-AES128-SHA TLSv1.2',
    ),
    event: {
      timestampMs: atMs,
      ...orders,
      requestBytes: 3,
      responseBytes: 153,
      durationMs: 15,
      upstreamDurationMs: 13,
      userAgent: 'curl/8',
      tlsVersion: 'TLSv1.2',
      gatewayName: 'my-lb',
      ...nobody(ip),
    },
  },
  {
    format: 'aws-elb',
    variant: 'HTTP before there was a user agent, no zone',
    line: elb('200 200 3 153 "GET http://api.example.com:80/orders/7 HTTP/1.1"').replace('000Z', ''),
    event: { timestampMs: atMs, ...orders, ...nobody(ip) },
  },
  {
    format: 'aws-elb',
    variant: 'no instance reached',
    line: elb('503 0 0 0 "GET http://api.example.com:80/orders/7 HTTP/1.1" "curl/8" - -').replace(
      '10.0.0.1:80 0.001 0.013 0.001',
      '- -1 -1 -1',
    ),
    event: { ...orders, status: 503, durationMs: null, upstreamDurationMs: null, ...nobody(ip) },
  },
  { format: 'aws-elb', variant: 'TCP', line: elb('- - 82 305 "- - - " "-" - -'), event: null },
  {
    format: 'aws-api-gateway-text',
    variant: 'CSV',
    line: csv('AIDAEXAMPLE', ',x-1'),
    event: { ...awsEvent, clientAddress: ip, ...named('AIDAEXAMPLE', 'cloud_access_key') },
  },
  {
    format: 'aws-api-gateway-text',
    variant: 'CSV without the extended id, nobody',
    line: csv('-'),
    event: { ...awsEvent, ...nobody(ip) },
  },
  {
    format: 'aws-api-gateway-text',
    variant: 'XML',
    line: `<request id="r-1"> ${[
      element('extendedRequestId', 'x-1'),
      element('ip', ip),
      element('caller', 'AIDAEXAMPLE'),
      element('user', '-'),
      element('requestTime', '05/Jan/2026:10:00:00 +0000'),
      element('httpMethod', 'GET'),
      element('resourcePath', '/orders/{id}'),
      element('status', '200'),
      element('protocol', 'HTTP/1.1'),
      element('responseLength', '153'),
    ].join(' ')} </request>`,
    event: { ...awsEvent, clientAddress: ip, ...named('AIDAEXAMPLE', 'cloud_access_key') },
  },
  {
    format: 'haproxy',
    variant: 'the template of http_status and remote_addr',
    line: haproxy,
    event: haproxyEvent,
  },
  {
    format: 'haproxy',
    variant: 'the same behind the cookie of CEE',
    line: `<134>Jan  5 10:00:01 edge-1 haproxy[7]: @cee:${JSON.stringify(haproxy)}`,
    event: haproxyEvent,
  },
  {
    format: 'otel',
    variant: 'OTLP JSON in snake case',
    line: {
      resource_logs: [
        {
          resource: { attributes: [] },
          scope_logs: [
            {
              scope: {},
              log_records: [
                {
                  time_unix_nano: `${atMs}000000`,
                  trace_id: '0'.repeat(31).concat('7'),
                  body: { string_value: '' },
                  attributes: snakeAttributes,
                },
              ],
            },
          ],
        },
      ],
    },
    event: {
      timestampMs: atMs,
      ...orders,
      userAgent: 'curl/8',
      traceId: '0'.repeat(31).concat('7'),
      ...nobody(ip),
    },
  },
];
