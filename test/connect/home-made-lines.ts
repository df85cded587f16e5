import { createHash } from 'node:crypto';

/** Logs that nobody's format knows, each in a style of its own. */

const startMs = Date.UTC(2026, 0, 5, 10);
export const rawKeys = ['kQ7Rv2Lm9Xw4Tn6Bc1Hd8Zs0', 'pL3dF8sK2jH5gT9wE1rY6uIo', 'mN4bV7cX1zA9qW2eR5tY8uIp'];
const agents = ['orders-sync/2.1', 'python-requests/2.31.0', 'Mozilla/5.0 (X11; Linux x86_64)'];

const pick = <T>(list: readonly T[], n: number) => list[n % list.length] as T;
const at = (n: number) => startMs + n * 1_371;
const ip = (n: number) => `203.0.113.${n % 40}`;
const keyOf = (n: number) => pick(rawKeys, n);
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

export const homeMade: Readonly<Record<string, (n: number) => object>> = {
  'flat, epoch seconds, status as text, hash of the key': (n) => ({
    logged_at: at(n) / 1000,
    caller_addr: ip(n),
    http_verb: pick(['GET', 'POST'], n),
    resource_uri: `/v2/orders/${1000 + n}?page=${n % 5}`,
    result_code: String(pick([200, 201, 404], n)),
    bytes_out: 300 + n,
    took_ms: 4 + (n % 50),
    ua: pick(agents, n),
    key_hash: sha256(keyOf(n)),
    req_id: `r-${n}`,
  }),
  'nested, RFC 3339, the query apart, the key among headers': (n) => ({
    meta: { emitted: new Date(at(n)).toISOString(), lvl: 'info' },
    req: {
      verb: pick(['get', 'post'], n),
      target: `/api/users/${n}`,
      qs: `limit=20&offset=${n}`,
      headers: { user_agent: pick(agents, n), x_api_key: keyOf(n), x_forwarded_for: ip(n) },
    },
    resp: { code: pick([200, 403], n), size: 1200 + n, seconds: 0.012 + n / 10_000 },
    conn: { peer: { addr: `10.0.0.7:${40_000 + n}` } },
  }),
  'one letter a name, epoch milliseconds, a URL': (n) => ({
    t: at(n),
    m: pick(['GET', 'PUT'], n),
    u: `https://api.shop.example/v1/items/${n}`,
    s: pick([200, 500], n),
    c: ip(n),
    k: keyOf(n),
  }),
  'a request line, a time without a zone, durations with their unit': (n) => ({
    date: new Date(at(n)).toISOString().replace('T', ' ').slice(0, 23),
    http_line: `GET /v1/items/${n} HTTP/1.1`,
    outcome: String(pick([200, 401], n)),
    from: ip(n),
    elapsed: `${12 + (n % 9)}ms`,
    client: { id: pick(['app-a', 'app-b'], n), name: pick(['A', 'B'], n) },
  }),
  'PascalCase, headers as lists, opaque bearer tokens': (n) => ({
    '@t': new Date(at(n)).toISOString(),
    Request: {
      Method: pick(['GET', 'POST'], n),
      Path: `/x/${n}`,
      Headers: { Authorization: [`Bearer ${keyOf(n)}`], 'User-Agent': [pick(agents, n)] },
    },
    Response: { StatusCode: pick([200, 404], n), ContentLength: n * 3 },
    RemoteIp: ip(n),
    ElapsedMilliseconds: 3.2 + n,
  }),
  'lists of objects, an operation, kilobytes': (n) => ({
    ts: at(n),
    hops: [{ ip: ip(n), role: 'client' }, { ip: '10.0.0.1' }],
    call: { op: pick(['orders.list', 'orders.get'], n), verb: 'POST', path: '/rpc' },
    out: { status: '200', kb: 1.5 },
    who: { account: pick(['acme', 'beta'], n), api_key_id: pick(['ak_1', 'ak_2', 'ak_3'], n) },
  }),
  'dotted keys, epoch nanoseconds, two names for one thing': (n) => ({
    'event.ns': `${at(n)}000000`,
    'call.verb': 'GET',
    [n % 2 === 0 ? 'call.uri' : 'call.path']: `/a/${n}`,
    'call.rc': 200,
    'caller.ip': ip(n),
    'caller.key_id': pick(['k-1', 'k-2'], n),
    latency: 0.25,
  }),
};

export const linesOf = (name: string, count = 60): object[] =>
  Array.from({ length: count }, (_, n) => (homeMade[name] as (n: number) => object)(n));
