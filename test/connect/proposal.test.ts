import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Mapping } from '../../schemas/mapping.ts';
import { parseMapping } from '../../src/config/mapping-files.ts';
import { mappingText } from '../../src/connect/proposal/mapping-text.ts';
import { Places } from '../../src/connect/proposal/places.ts';
import { proposalLines } from '../../src/connect/proposal/proposal-lines.ts';
import { type Proposal, proposeMapping } from '../../src/connect/proposal/propose.ts';
import { mappedFormat } from '../../src/decode/formats/mapped.ts';
import { decoder, ingestTimeMs } from '../decode/decoding.ts';
import { linesOf, rawKeys } from './home-made-lines.ts';

function placesOf(lines: readonly object[]): Places {
  const places = new Places();
  for (const line of lines) places.add(line as Record<string, unknown>);
  return places;
}

const proposed = (lines: readonly object[], isMixed = false) =>
  proposeMapping(placesOf(lines), { name: 'own', isMixed });

/** From place to field, guesses with a question mark. */
function found({ fields, credentials }: Proposal): Record<string, string> {
  const mark = (doubt: string | null) => (doubt === null ? '' : '?');
  return Object.fromEntries([
    ...fields.map(({ wire, paths, coerce, doubt }) => [
      wire,
      `${paths.join('|')}${coerce === undefined ? '' : ` ${coerce}`}${mark(doubt)}`,
    ]),
    ...credentials.map(({ section, path, read, doubt }) => [
      section,
      `${path}${read === null ? '' : ` ${read.kind} ${read.form}`}${mark(doubt)}`,
    ]),
  ]);
}

function events(lines: readonly object[], { mapping }: Proposal) {
  const reader = decoder({ mapped: [mappedFormat(mapping as Mapping, 'own.yaml')] });
  const decoded = lines.map((line, n) =>
    reader.decode({
      value: Buffer.from(JSON.stringify(line)),
      at: { kind: 'stdin', line: n },
      ingestTimeMs,
      partition: 'test',
    }),
  );
  expect(decoded.flatMap(({ refused }) => refused)).toEqual([]);
  return decoded.flatMap((one) => one.events);
}

describe('proposeMapping', () => {
  it.each([
    [
      'flat, epoch seconds, status as text, hash of the key',
      {
        timestamp: 'logged_at epoch-s',
        'http.request.method': 'http_verb',
        'url.path': 'resource_uri',
        'http.response.status_code': 'result_code?',
        'client.address': 'caller_addr?',
        'user_agent.original': 'ua',
        'http.response.size': 'bytes_out',
        duration_ms: 'took_ms milliseconds',
        'http.request.id': 'req_id',
        credential: 'key_hash api_key hash',
      },
      {
        timestampMs: 1767607199996,
        status: 200,
        durationMs: 4,
        responseBytes: 300,
        credentialSource: 'mapping',
      },
    ],
    [
      'nested, RFC 3339, the query apart, the key among headers',
      {
        timestamp: 'meta.emitted rfc3339',
        'http.request.method': 'req.verb',
        'url.path': 'req.target',
        'url.query': 'req.qs',
        'http.response.status_code': 'resp.code',
        'http.request.header.x-forwarded-for': 'req.headers.x_forwarded_for',
        'client.address': 'conn.peer.addr?',
        'user_agent.original': 'req.headers.user_agent',
        duration_ms: 'resp.seconds seconds?',
        'http.response.size': 'resp.size',
        credential: 'req.headers.x_api_key api_key secret',
      },
      {
        method: 'GET',
        path: '/api/users/0',
        queryKeys: ['limit', 'offset'],
        durationMs: 12,
        clientAddress: '10.0.0.7',
      },
    ],
    [
      'one letter a name, epoch milliseconds, a URL',
      {
        timestamp: 't epoch-ms?',
        'http.request.method': 'm?',
        'url.path': 'u?',
        'http.response.status_code': 's?',
        'client.address': 'c?',
        credential: 'k api_key secret?',
      },
      { timestampMs: 1767607200000, path: '/v1/items/0', status: 200 },
    ],
    [
      'a request line, a time without a zone, durations with their unit',
      {
        timestamp: 'date rfc3339?',
        'http.request.method': 'http_line split-method-path',
        'url.path': 'http_line split-method-path',
        'http.response.status_code': 'outcome?',
        'client.address': 'from?',
        duration_ms: 'elapsed go-duration',
        credential: 'client.id oauth_client id',
      },
      { method: 'GET', path: '/v1/items/0', credentialId: 'app-a', credentialName: 'A', durationMs: 12 },
    ],
    [
      'PascalCase, headers as lists, opaque bearer tokens',
      {
        timestamp: '@t rfc3339?',
        'http.request.method': 'Request.Method',
        'url.path': 'Request.Path',
        'http.response.status_code': 'Response.StatusCode',
        'client.address': 'RemoteIp',
        'user_agent.original': 'Request.Headers.User-Agent',
        duration_ms: 'ElapsedMilliseconds milliseconds',
        'http.response.size': 'Response.ContentLength',
        token: 'Request.Headers.Authorization',
      },
      { credentialType: 'opaque_token', userAgent: 'orders-sync/2.1', durationMs: 3.2 },
    ],
    [
      'lists of objects, an operation, kilobytes',
      {
        timestamp: 'ts epoch-ms',
        'http.request.method': 'call.verb',
        'url.path': 'call.path',
        'http.route': 'call.op?',
        'http.response.status_code': 'out.status',
        'http.response.size': 'out.kb kilobytes?',
        'client.address': 'hops.0.ip',
        'organization.id': 'who.account?',
        credential: 'who.api_key_id api_key id',
      },
      { route: 'orders.list', responseBytes: 1500, clientAddress: '203.0.113.0', credentialId: 'ak_1' },
    ],
    [
      'dotted keys, epoch nanoseconds, two names for one thing',
      {
        timestamp: 'event.ns epoch-ns?',
        'http.request.method': 'call.verb',
        'url.path': 'call.path|call.uri',
        'http.response.status_code': 'call.rc?',
        'client.address': 'caller.ip',
        duration_ms: 'latency seconds?',
        credential: 'caller.key_id api_key id',
      },
      { path: '/a/0', durationMs: 250, credentialId: 'k-1' },
    ],
  ])('%s: each place with its grounds, and the sample is read whole', (name, expected, first) => {
    const lines = linesOf(name);
    const proposal = proposed(lines);
    expect(found(proposal)).toEqual(expected);
    const made = events(lines, proposal);
    expect(made).toHaveLength(lines.length);
    expect(made[0]).toMatchObject(first);
  });

  it('says what is missing where no event can be made, and proposes none', () => {
    const { mapping, remarks, unused } = proposed(
      Array.from({ length: 30 }, (_, n) => ({ level: 'info', msg: `cache warm ${n}`, items: n })),
    );
    expect(mapping).toBeNull();
    expect(remarks[0]).toContain('no time: nothing looks like one');
    expect(remarks.join('\n')).toContain('no url.path: no value is a path or URL');
    expect(unused).toEqual(['level', 'msg', 'items']);
  });

  const base = (n: number) => ({ ts: 1767607200 + n, method: 'GET', path: `/a/${n}`, status: 200 });
  const many = (extra: (n: number) => object) =>
    Array.from({ length: 60 }, (_, n) => ({ ...base(n), ...extra(n) }));

  it('takes status lines for the status', () => {
    const codes = ['200 OK', '404 Not Found', '201 Created'];
    const { mapping } = proposed(many((n) => ({ status: undefined, outcome: codes[n % codes.length] })));
    expect(mapping?.fields).toMatchObject({
      'http.response.status_code': { path: 'outcome', coerce: 'status' },
    });
  });

  it('takes nothing for a credential that differs in every line, is masked, or says only yes', () => {
    const { credentials, remarks } = proposed(
      many((n) => ({
        api_key: `k${n}aaaaaaaaaaaaaaaa`,
        access_token: '***',
        session: n % 2 === 0,
        idempotency_key: 'x1y2z3x1y2z3x1y2z3',
        next_page_token: `p${n % 3}aaaaaaaaaaa11111`,
      })),
    );
    expect(credentials).toEqual([]);
    const text = remarks.join('\n');
    expect(text).toContain('api_key: differs in nearly every line');
    expect(text).toContain('access_token: masked alike in all lines');
    expect(text).toContain('session: says yes or no');
    expect(text).toContain('no credential: nothing tells callers apart');
  });

  it.each([
    [
      'an id that looks like a key of a known maker is a secret',
      (n: number) => ({ key_id: `sk-live-${n % 3}aaaaaaaaaaaa1` }),
      'key_id api_key secret',
    ],
    [
      'an access key of AWS is an id',
      (n: number) => ({ access_key: `AKIAIOSFODNN7EXAMPL${n % 3}` }),
      'access_key cloud_access_key id',
    ],
    [
      'a key of plain words is a guess',
      (n: number) => ({ key: ['mobile', 'web'][n % 2] }),
      'key api_key secret?',
    ],
    [
      'a hash by its name that is none is a secret',
      (n: number) => ({ key_hash: `plain-${n % 3}` }),
      'key_hash api_key secret?',
    ],
    [
      'a credential that is always the same is a guess',
      () => ({ api_key_id: 'gateway' }),
      'api_key_id api_key id?',
    ],
    [
      'a session is one',
      (n: number) => ({ session_id: `sess${n % 5}f00000000000000001` }),
      'session_id session secret',
    ],
    ['a sid is one', (n: number) => ({ sid: `9f${n % 5}c4be07d21a4f8c93b6` }), 'sid session secret'],
  ])('%s', (_name, extra, expected) => {
    expect(found(proposed(many(extra)))['credential']).toBe(expected);
  });

  it('of a session beside its user it says that the user is better learnt of', () => {
    const lines = many((n) => ({
      ctx: { user: { id: `u${n % 3}` }, sid: `9f${n % 5}c4be07d21a4f8c93b6` },
    }));
    const proposal = proposed(lines);
    expect(found(proposal)['credential']).toBe('ctx.sid session secret?');
    expect(proposal.credentials[0]?.doubt).toContain('the lines name their user too');
  });

  it('a count is no request id: it begins anew with the process, and calls would be taken for repeats', () => {
    expect(found(proposed(many((n) => ({ req: { id: n } }))))['http.request.id']).toBeUndefined();
    expect(found(proposed(many((n) => ({ req: { id: `a${n}` } }))))['http.request.id']).toBe('req.id');
  });

  it('a reference within a credential is its id', () => {
    const lines = many((n) => ({ cred: { ref: `k${n % 3}` } }));
    expect(found(proposed(lines))['credential']).toBe('cred.ref api_key id');
  });

  it('of two places that only their values tell apart, it takes none and says so', () => {
    const addresses = found(proposed(many((n) => ({ a: `203.0.113.${n}`, b: `198.51.100.${n}` }))));
    expect(addresses['client.address']).toBeUndefined();
    const keys = proposed(many((n) => ({ a: `aa11bb22cc33dd44${n % 3}`, b: `ee55ff66aa77bb88${n % 4}` })));
    expect(keys.credentials).toEqual([]);
    expect(keys.remarks.join('\n')).toContain('a, b: each could be it by its values');
  });

  it.each([
    ['took', 12, 'milliseconds', 12],
    ['took', 0.012, 'seconds', 12],
    ['took', 120_000, 'microseconds', 120],
    ['took', 12_000_000, 'nanoseconds', 12],
  ])('a duration without a unit is a guess by its size: %s %d', (name, value, coerce, ms) => {
    const lines = many((n) => ({ [name]: value * (1 + (n % 3) / 10) }));
    const proposal = proposed(lines);
    expect(found(proposal)['duration_ms']).toBe(`${name} ${coerce}?`);
    expect(events(lines, proposal)[0]?.durationMs).toBeCloseTo(ms, 6);
  });

  it('the time of a token, of an upstream or of an expiry is not that of the request', () => {
    const all = found(
      proposed(
        many((n) => ({
          token: { exp: 1767610800, iat: 1767607000 },
          expires: 1767610800 + n,
          upstream_status: 500,
          upstream_ip: '10.0.0.9',
        })),
      ),
    );
    expect(all).toMatchObject({ timestamp: 'ts epoch-s', 'http.response.status_code': 'status' });
    expect(all['client.address']).toBeUndefined();
  });

  it('among lines of other formats it says which lines are meant', () => {
    const { mapping } = proposed(
      many(() => ({})),
      true,
    );
    expect(mapping?.when?.map(({ path }) => path)).toEqual(['ts', 'method', 'path', 'status']);
    expect(proposed(many(() => ({}))).mapping?.when).toBeUndefined();
  });

  it('its file is a mapping that the program reads as the same, with the grounds as comments', () => {
    const proposal = proposed(linesOf('flat, epoch seconds, status as text, hash of the key'));
    const text = mappingText(proposal);
    expect(parseMapping('own.yaml', text)).toEqual({ file: 'own.yaml', mapping: proposal.mapping });
    expect(text).toContain('# CHECK: its name may mean something else\n  client.address: caller_addr');
  });

  it('shows no value of any line, nor a key that is somebody’s secret', () => {
    const secret = 'ghp_Zq7Rv2Lm9Xw4Tn6Bc1Hd8Zs0pL3dF8sK2j';
    const lines = linesOf('nested, RFC 3339, the query apart, the key among headers').map((line) => ({
      ...line,
      usage: { [secret]: 1, '5e9d9544a1dcd60001d0ed20d7f1a4e6': 2 },
    }));
    const proposal = proposed(lines);
    const shown = `${proposalLines(proposal).join('\n')}${mappingText(proposal)}${JSON.stringify(proposal)}`;
    for (const text of [...rawKeys, secret, '5e9d9544', '203.0.113', '10.0.0.7'])
      expect(shown).not.toContain(text);
  });
});

const anyLine = fc.object({
  key: fc.oneof(
    fc.constantFrom(
      'ts',
      'method',
      'path',
      'status',
      'ip',
      'api_key',
      'token',
      'latency',
      'bytes',
      'a.b',
      '__proto__',
      'constructor',
      '',
      '.',
      '0',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  ),
  values: [
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.double(),
    fc.constantFrom(
      'GET',
      '/a/1',
      '200',
      '203.0.113.9',
      1767607200,
      '2026-01-05T10:00:00Z',
      '12ms',
      true,
      null,
    ),
  ],
  maxDepth: 4,
  withNullPrototype: false,
});

describe('whatever the lines hold', () => {
  it('nothing is thrown, what is proposed reads lines, and its file reads back the same', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 30 }), (given) => {
        const lines = given.map((line) => JSON.parse(JSON.stringify(line)) as object);
        const proposal = proposed(lines);
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
        for (const line of proposalLines(proposal)) expect(line).toBeTypeOf('string');
        const text = mappingText(proposal);
        if (proposal.mapping === null) return;
        expect(parseMapping('own.yaml', text)).toEqual({ file: 'own.yaml', mapping: proposal.mapping });
      }),
      { numRuns: 60 },
    );
  });

  it('Places is bounded: names, depth, values and their length', () => {
    const places = new Places();
    for (let n = 0; n < 20; n += 1)
      places.add(
        Object.fromEntries(Array.from({ length: 400 }, (_, m) => [`k${n}x${m}`, 'v'.repeat(2_000)])),
      );
    expect(places.all.length).toBeLessThanOrEqual(512);
    const kept = places.all.flatMap(({ values, different }) => [...values, ...different]).join('').length;
    expect(kept).toBeLessThan(40_000_000);
    expect(Math.max(...places.all.flatMap(({ values }) => values.map((value) => String(value).length)))).toBe(
      1_024,
    );
    let deep: object = { path: '/a' };
    for (let n = 0; n < 50; n += 1) deep = { a: deep };
    const nested = new Places();
    nested.add(deep as Record<string, unknown>);
    expect(nested.all).toEqual([]);
  });
});
