import { createRandom } from '../src/simulation/random.ts';

/**
 * Access-log lines as a busy gateway writes them: thousands of callers of very different activity, each
 * with its own address, client and tokens, and a new request id and object in every line. No cache
 * answers everything, and none is made useless.
 */
export interface Call {
  readonly atMs: number;
  readonly requestId: string;
  readonly caller: number;
  readonly address: string;
  readonly agent: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly status: number;
  readonly sent: number;
  readonly received: number;
  readonly durationMs: number;
  readonly host: string;
  readonly tokenId: string;
}

const callers = 3_000;
const startMs = Date.UTC(2026, 0, 5, 10);
const hosts = ['api.example.com', 'orders.example.com', 'eu.api.example.com'];
const collections = 'orders customers invoices items shipments carts users prices reports events'.split(' ');
const clients = ['okhttp/4.12', 'python-requests/2.31', 'curl/8.5', 'orders-sync/2.1', 'axios/1.6'];
const systems = ['X11; Linux x86_64', 'Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'];

/** The same calls in every run. */
export function calls(count: number): Call[] {
  const random = createRandom(17);
  const below = (n: number) => Math.floor(random.next() * n);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  const addresses = Array.from({ length: callers * 2 }, () =>
    [1 + below(222), below(256), below(256), below(256)].join('.'),
  );
  const agents = Array.from({ length: 200 }, (_, n) =>
    n % 3 === 0
      ? `Mozilla/5.0 (${systems[n % systems.length]}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + n}.0.0.0 Safari/537.36`
      : `${clients[n % clients.length]}.${n}`,
  );
  const target = () => {
    const path = `/v${1 + below(2)}/${collections[below(collections.length)]}`;
    const kind = below(10);
    if (kind < 3) return { path, query: `page=${below(400)}&limit=${kind === 0 ? 100 : 20}` };
    if (kind < 4) return { path, query: `cursor=${hex(24)}&limit=50` };
    if (kind < 8) return { path: `${path}/${below(1_000_000)}`, query: '' };
    return { path: `${path}/${uuid()}/lines`, query: kind < 9 ? 'fields=id,name' : '' };
  };
  return Array.from({ length: count }, (_, n) => {
    const caller = Math.floor(callers * random.next() ** 3);
    const luck = below(100);
    return {
      atMs: startMs + n * 3 + below(3),
      requestId: uuid(),
      caller,
      address: addresses[caller * 2 + (below(10) === 0 ? 1 : 0)] as string,
      agent: agents[caller % agents.length] as string,
      method: below(5) === 0 ? 'POST' : 'GET',
      ...target(),
      status: luck < 90 ? 200 : luck < 94 ? 201 : luck < 98 ? 404 : luck < 99 ? 401 : 500,
      sent: 200 + below(20_000),
      received: below(900),
      durationMs: 1 + below(300),
      host: hosts[caller % hosts.length] as string,
      tokenId: `${hex(2)}${caller.toString(16)}-${Math.floor(n / 2_000)}`,
    };
  });
}

const targetOf = ({ path, query }: Call) => (query === '' ? path : `${path}?${query}`);
const padded = (n: number) => String(n).padStart(12, '0');
const iso = (ms: number) => new Date(ms).toISOString();
const day = (ms: number) => `05/Jan/2026:${iso(ms).slice(11, 19)} +0000`;

const envoy = (call: Call) => ({
  start_time: iso(call.atMs),
  method: call.method,
  'x-envoy-origin-path': targetOf(call),
  protocol: 'HTTP/2',
  response_code: call.status,
  response_flags: '-',
  response_code_details: 'via_upstream',
  bytes_received: call.received,
  bytes_sent: call.sent,
  duration: call.durationMs,
  'x-envoy-upstream-service-time': `${call.durationMs - 1}`,
  'x-forwarded-for': call.address,
  'user-agent': call.agent,
  'x-request-id': call.requestId,
  ':authority': call.host,
  upstream_host: `10.244.0.${call.sent % 9}:8080`,
  upstream_cluster: 'httproute/default/backend/rule/0',
  downstream_remote_address: `${call.address}:${1024 + call.sent}`,
  jwt_iss: 'https://idp.example.com/',
  jwt_sub: `service-${call.caller}`,
  jwt_azp: `client-${call.caller}`,
  jwt_jti: call.tokenId,
  ja4: `t13d1516h2_8daaf6152771_${padded(call.caller % 200)}`,
});

/** One call as each format writes it: an object for JSON, a text for a line of text. */
export const samples: readonly (readonly [format: string, line: (call: Call) => object | string])[] = [
  ['envoy', envoy],
  [
    'envoy, all claims',
    // Lists stand in Envoy's lines as JSON within a text.
    (call) => ({
      ...envoy(call),
      jwt_aud: `["${call.host}","https://id.example.com/userinfo"]`,
      jwt_scope: '["orders:read","orders:write"]',
      jwt_iat: `${startMs / 1000 - 600}`,
      jwt_exp: `${startMs / 1000 + 3000}`,
    }),
  ],
  [
    'nginx',
    (call) => ({
      time_iso8601: iso(call.atMs),
      msec: `${call.atMs / 1000}`,
      request_id: call.requestId,
      remote_addr: call.address,
      remote_user: '',
      http_x_forwarded_for: call.address,
      request_method: call.method,
      request_uri: targetOf(call),
      server_protocol: 'HTTP/1.1',
      scheme: 'https',
      status: `${call.status}`,
      request_length: `${300 + call.received}`,
      bytes_sent: `${200 + call.sent}`,
      body_bytes_sent: `${call.sent}`,
      request_time: `0.${String(call.durationMs).padStart(3, '0')}`,
      upstream_addr: `10.0.3.${call.sent % 9}:8080`,
      upstream_status: `${call.status}`,
      upstream_response_time: `0.${String(call.durationMs - 1).padStart(3, '0')}`,
      http_referer: '-',
      http_user_agent: call.agent,
      host: call.host,
      ssl_protocol: 'TLSv1.3',
      ssl_cipher: 'TLS_AES_256_GCM_SHA384',
      credential_id: `client-${call.caller}`,
    }),
  ],
  [
    'kong',
    (call) => ({
      request: {
        id: call.requestId,
        uri: targetOf(call),
        url: `https://${call.host}:8443${targetOf(call)}`,
        querystring: {},
        method: call.method,
        headers: {
          host: call.host,
          'user-agent': call.agent,
          accept: '*/*',
          'x-forwarded-for': call.address,
        },
        size: call.received,
      },
      response: {
        status: call.status,
        headers: { 'content-type': 'application/json' },
        size: call.sent,
      },
      latencies: { kong: 1, proxy: call.durationMs - 1, request: call.durationMs, receive: 0 },
      authenticated_entity: { id: `0d3c1c1e-43d0-4a3a-9d3b-${padded(call.caller)}` },
      consumer: { id: `consumer-${call.caller % 900}`, username: `app-${call.caller % 900}` },
      route: { id: 'route-1', name: 'orders', paths: ['/v1/orders'] },
      service: { id: 's-1', name: 'orders', host: 'orders.internal' },
      client_ip: call.address,
      started_at: call.atMs,
    }),
  ],
  [
    'canonical',
    (call) => ({
      timestamp: call.atMs,
      'event.id': call.requestId,
      'gateway.type': 'canonical',
      'gateway.name': 'edge-eu-1',
      'deployment.environment.name': 'production',
      'credential.id': `https://idp.example.com/|client-${call.caller}|service-${call.caller}`,
      'credential.type': 'jwt',
      'token.id': call.tokenId,
      'token.issuer': 'https://idp.example.com/',
      'token.subject': `service-${call.caller}`,
      'token.authorized_party': `client-${call.caller}`,
      'client.address': call.address,
      'http.request.method': call.method,
      'server.address': call.host,
      'url.path': call.path,
      'http.response.status_code': call.status,
      'http.request.size': call.received,
      'http.response.size': call.sent,
      duration_ms: call.durationMs,
      'user_agent.original': call.agent,
      'upstream.name': 'orders',
    }),
  ],
  [
    'nginx, short',
    (call) => ({
      time: `${call.atMs / 1000}`,
      request_id: call.requestId,
      client_ip: call.address,
      method: call.method,
      path: call.path,
      status: `${call.status}`,
      bytes_in: `${call.received}`,
      bytes_out: `${call.sent}`,
      duration_s: '0.250',
      upstream_s: '0.240',
      user_agent: call.agent,
      host: call.host,
      credential_id: `client-${call.caller}`,
    }),
  ],
  [
    'canonical, short',
    (call) => ({
      timestamp: call.atMs,
      'gateway.type': 'canonical',
      'credential.id': `key-${call.caller}`,
      'client.address': call.address,
      'http.request.method': call.method,
      'url.path': call.path,
      'http.response.status_code': call.status,
      'user_agent.original': call.agent,
    }),
  ],
  [
    'nginx-combined',
    (call) =>
      `${call.address} - - [${day(call.atMs)}] "${call.method} ${targetOf(call)} HTTP/1.1" ${call.status} ${call.sent} "-" "${call.agent}"`,
  ],
];
