import { decodeConfig } from '../schemas/config/decode.ts';
import { createDecoder } from '../src/decode/decoder.ts';

export interface DecodeRow {
  readonly format: string;
  readonly bytes: number;
  readonly nsPerRecord: number;
  /** JSON.parse of the same bytes, text decoding included; for text lines a bare split at blanks. */
  readonly nsYardstick: number;
  readonly ratio: number;
}

const records = 2_000;
const rounds = 60;

/** A log of many credentials, clients and objects, so that no cache answers everything. */
function lines(of: (n: number) => object | string): Uint8Array[] {
  return Array.from({ length: records }, (_, n) => {
    const line = of(n);
    return Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
  });
}

const agents = ['curl/8.5.0', 'okhttp/4.12.0', 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101'];
const address = (n: number) => `203.0.${n % 40}.${n % 200}`;
const agent = (n: number) => agents[n % agents.length] as string;

const samples: readonly (readonly [format: string, line: (n: number) => object | string])[] = [
  [
    'envoy',
    (n) => ({
      start_time: new Date(1767607200000 + n).toISOString(),
      method: 'GET',
      'x-envoy-origin-path': `/v1/orders/${n}?page=${n % 9}&limit=20`,
      protocol: 'HTTP/2',
      response_code: 200,
      response_flags: '-',
      response_code_details: 'via_upstream',
      bytes_received: 0,
      bytes_sent: 300 + (n % 700),
      duration: n % 50,
      'x-envoy-upstream-service-time': '12',
      'x-forwarded-for': address(n),
      'user-agent': agent(n),
      'x-request-id': `3f6c9a52-77aa-4c1d-9a35-${String(n).padStart(12, '0')}`,
      ':authority': 'api.example.com',
      upstream_host: '10.244.0.7:8080',
      upstream_cluster: 'httproute/default/backend/rule/0',
      downstream_remote_address: `${address(n)}:41234`,
      jwt_iss: 'https://idp.example.com/',
      jwt_sub: `service-${n % 200}`,
      jwt_azp: `client-${n % 200}`,
      jwt_jti: `jti-${n % 500}`,
      ja4: 't13d1516h2_8daaf6152771_b186095e22b6',
    }),
  ],
  [
    'nginx',
    (n) => ({
      time: `${1767607200 + n}.250`,
      request_id: `r-${n}`,
      client_ip: address(n),
      method: 'GET',
      path: `/v1/orders/${n}`,
      status: '200',
      bytes_in: '300',
      bytes_out: '900',
      duration_s: '0.250',
      upstream_s: '0.240',
      user_agent: agent(n),
      host: 'api.example.com',
      credential_id: `client-${n % 200}`,
    }),
  ],
  [
    'nginx-combined',
    (n) =>
      `${address(n)} - - [05/Jan/2026:10:00:00 +0000] "GET /v1/orders/${n}?page=2 HTTP/1.1" 200 512 "-" "${agent(n)}"`,
  ],
  [
    'kong',
    (n) => ({
      request: {
        id: `r-${n}`,
        uri: `/v1/orders/${n}`,
        url: `https://api.example.com:8443/v1/orders/${n}`,
        querystring: {},
        method: 'GET',
        headers: {
          host: 'api.example.com',
          'user-agent': agent(n),
          accept: '*/*',
          'x-forwarded-for': address(n),
        },
        size: 120,
      },
      response: { status: 200, headers: { 'content-type': 'application/json' }, size: 512 },
      latencies: { kong: 1, proxy: 9, request: 10, receive: 0 },
      authenticated_entity: { id: `0d3c1c1e-43d0-4a3a-9d3b-${String(n % 200).padStart(12, '0')}` },
      consumer: { id: `consumer-${n % 90}`, username: `app-${n % 90}` },
      route: { id: 'route-1', name: 'orders', paths: ['/v1/orders'] },
      service: { id: 's-1', name: 'orders', host: 'orders.internal' },
      client_ip: address(n),
      started_at: 1767607200250 + n,
    }),
  ],
  [
    'canonical',
    (n) => ({
      timestamp: 1767607200250 + n,
      'gateway.type': 'canonical',
      'credential.id': `key-${n % 200}`,
      'client.address': address(n),
      'http.request.method': 'GET',
      'url.path': `/v1/orders/${n}`,
      'http.response.status_code': 200,
      'user_agent.original': agent(n),
    }),
  ],
];

/** Nanoseconds of this thread's processor time a record, in one round: waiting for a processor does not count. */
function nsOf(values: readonly Uint8Array[], work: (value: Uint8Array) => void): number {
  const before = process.threadCpuUsage();
  for (const value of values) work(value);
  const { user, system } = process.threadCpuUsage(before);
  return ((user + system) * 1000) / values.length;
}

/** The processor's clock ticks in milliseconds: only the mean of all rounds after the warm ones is exact. */
function warmMean(each: readonly number[]): number {
  const warm = each.slice(Math.floor(each.length / 4));
  return warm.reduce((sum, ns) => sum + ns, 0) / warm.length;
}

/** Cost of each format beside the least that any reader of the same bytes must do. */
export function decodeRows(only?: string): DecodeRow[] {
  const { hashKey: _, hashKeyFile: __, ...defaults } = decodeConfig.parse({});
  const decoder = createDecoder({ ...defaults, hashKey: new Uint8Array(32).fill(1), history: true });
  const utf8 = new TextDecoder();
  let kept = 0;
  const chosen = samples.filter(([format]) => only === undefined || format === only);
  return chosen.map(([format, line]) => {
    const values = lines(line);
    const isText = typeof line(0) === 'string';
    const yardstick = (value: Uint8Array) => {
      const text = utf8.decode(value);
      kept += isText ? text.split(' ').length : Object.keys(JSON.parse(text)).length;
    };
    const ours = (value: Uint8Array) => {
      const { events } = decoder.decode({
        value,
        at: { kind: 'stdin', line: 1 },
        ingestTimeMs: 1767614400000,
        partition: format,
      });
      kept += events.length;
    };
    const yardsticks: number[] = [];
    const each: number[] = [];
    // Turn about, so that whatever else the machine does slows both alike.
    for (let round = 0; round < rounds; round += 1) {
      yardsticks.push(nsOf(values, yardstick));
      each.push(nsOf(values, ours));
    }
    const nsYardstick = warmMean(yardsticks);
    const nsPerRecord = warmMean(each);
    if (kept === 0) throw new Error(`${format}: nothing was decoded`);
    const bytes = Math.round(values.reduce((sum, { byteLength }) => sum + byteLength, 0) / values.length);
    return { format, bytes, nsPerRecord, nsYardstick, ratio: nsPerRecord / nsYardstick };
  });
}

if (import.meta.main) console.table(decodeRows(process.argv[2]));
