import { describe, expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { judged } from './observed.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 0, 5);
const at = (day: number, fields: Partial<UsageEvent> = {}) => call(startMs + day * dayMs, fields);

/** Two calls on each of these days. */
function* use(id: string, days: readonly number[], fields: Partial<UsageEvent> = {}): Generator<UsageEvent> {
  for (const day of days)
    for (const hour of [9, 15]) yield at(day + hour / 24, { credentialId: id, ...fields });
}
const through = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n);

const hashed: Partial<UsageEvent> = { credentialSource: 'hashed_header' };
const token = (issuedMs: number, expiresMs: number | null): Partial<UsageEvent> => ({
  credentialType: 'jwt',
  credentialSource: 'claim',
  tokenIssuer: 'https://id.example.com',
  tokenIssuedAtMs: issuedMs,
  tokenExpiresAtMs: expiresMs,
});

function verdict(check: string, credential: string, events: Iterable<UsageEvent>) {
  const { findings, results } = judged(events);
  const own = findings.find((one) => one.check === check && one.credential === credential);
  if (own !== undefined) return `${own.severity}: ${own.observed}; ${own.limit}`;
  const result = results.find(({ id }) => id === check);
  return result?.untold.map(({ why }) => `untold: ${why}`)[0] ?? 'fine';
}

describe('over-age', () => {
  test('finds a secret that is itself the id, by first and last sight', () => {
    expect(verdict('over-age', 'k', use('k', through(0, 100), hashed))).toBe(
      'medium: the same secret for at least 99 days; at most 90 days',
    );
  });

  test('says of an id that the gateway gives no more than that', () => {
    expect(verdict('over-age', 'k', use('k', through(0, 100)))).toContain('under the same id at the gateway');
  });

  test('finds a token by its time of issue in a log of one day', () => {
    const old = token(startMs - 200 * dayMs, startMs + 400 * dayMs);
    expect(verdict('over-age', 'k', use('k', [0], old))).toContain('a token 200 days after its issue');
  });

  test('a client that asks for new tokens is as old as its tokens', () => {
    const events = through(0, 120).map((day) =>
      at(day, { credentialId: 'k', tokenId: `t-${day}`, ...token(startMs + day * dayMs - hourMs, null) }),
    );
    expect(verdict('over-age', 'k', events)).toBe('fine');
  });

  test('does not call fresh what it only saw for a while, nor an owner a secret', () => {
    expect(verdict('over-age', 'k', use('k', through(0, 20), hashed))).toMatch(/^untold: seen for less/);
    expect(verdict('over-age', 'k', use('k', through(0, 100), { credentialSource: 'consumer' }))).toMatch(
      /^untold: the log names an owner/,
    );
  });
});

describe('never-rotated', () => {
  function* fleet(changing: number) {
    for (let n = 0; n < changing; n += 1) {
      yield* use(`a${n}`, through(0, 30), { ...hashed, consumerId: `c${n}` });
      yield* use(`b${n}`, through(28, 60), { ...hashed, consumerId: `c${n}` });
    }
    yield* use('k', through(0, 60), { ...hashed, consumerId: 'still' });
  }

  test('finds the one key that stayed while others changed', () => {
    expect(verdict('never-rotated', 'k', fleet(3))).toBe(
      'low: unchanged for 59 of 59 days; 3 other consumers changed theirs',
    );
  });

  test('says nothing where nobody, or one, changes keys', () => {
    expect(verdict('never-rotated', 'k', fleet(1))).toMatch(/^untold: fewer than 2 other consumers/);
  });

  test('two keys side by side are no change', () => {
    const pairs = ['c1', 'c2', 'c3'].flatMap((consumerId) =>
      ['a', 'b'].flatMap((key) => [...use(`${key}${consumerId}`, through(0, 60), { ...hashed, consumerId })]),
    );
    expect(verdict('never-rotated', 'ac1', pairs)).toMatch(/^untold: fewer than 2/);
  });

  test('needs to know whose key it is', () => {
    expect(verdict('never-rotated', 'k', use('k', through(0, 60), hashed))).toContain('consumer.id');
  });
});

describe('unused-scopes', () => {
  const days = through(0, 15);
  const reads: Partial<UsageEvent> = { method: 'GET', route: 'GET /orders/{int}' };
  const writes: Partial<UsageEvent> = { method: 'POST', route: 'POST /orders' };
  const scoped = (...tokenScopes: string[]): Partial<UsageEvent> => ({ credentialType: 'jwt', tokenScopes });

  test('finds a right to write that never wrote', () => {
    const events = use('k', days, { ...reads, ...scoped('orders:read', 'orders:write') });
    expect(verdict('unused-scopes', 'k', events)).toBe(
      'medium: orders:write (never called anything that writes); used at least once in 15 days',
    );
  });

  test('finds a scope whose name others call, and this one never', () => {
    const events = [
      ...use('other', days, { method: 'GET', route: 'GET /invoices/{int}' }),
      ...use('k', days, { ...reads, ...scoped('orders:read', 'invoices:read') }),
    ];
    expect(verdict('unused-scopes', 'k', events)).toMatch(
      /^low: invoices:read \(never called anything of that/,
    );
  });

  test('one write is use; so is a call that may have written', () => {
    for (const last of [writes, { method: 'POST', route: 'POST /orders/graphql' }])
      expect(
        verdict('unused-scopes', 'k', [
          ...use('k', days, { ...reads, ...scoped('orders:write') }),
          ...use('k', [15], { ...last, ...scoped('orders:write') }),
        ]),
      ).toBe('fine');
  });

  test('a refused write, and a scope of some tokens only, count for nothing', () => {
    const events = [
      ...use('k', days, { ...reads, ...scoped('orders:read', 'orders:write') }),
      ...use('k', [15], {
        ...writes,
        ...scoped('orders:read', 'orders:write'),
        status: 403,
        outcome: 'failure',
      }),
    ];
    expect(verdict('unused-scopes', 'k', events)).toMatch(/^medium: orders:write/);
    const some = use('k', [16], { ...reads, ...scoped('orders:read') });
    expect(verdict('unused-scopes', 'k', [...events, ...some])).toBe('fine');
  });

  test('a name that matches no operation is not judged, nor is a short log', () => {
    const events = use('k', days, { ...reads, ...scoped('urn:x:premium') });
    expect(verdict('unused-scopes', 'k', events)).toMatch(/^untold: the names of its scopes/);
    expect(verdict('unused-scopes', 'k', use('k', [0, 1], { ...reads, ...scoped('orders:write') }))).toMatch(
      /^untold: used on fewer than 14 days/,
    );
  });
});

describe('dormant', () => {
  const busy = [...use('busy', through(0, 90))];

  test('finds what fell silent, and what slept and woke', () => {
    expect(verdict('dormant', 'k', [...busy, ...use('k', through(0, 10))])).toMatch(
      /^medium: no use for 80 days; /,
    );
    expect(verdict('dormant', 'k', [...busy, ...use('k', [0, 1, 80, 81])])).toMatch(
      /^medium: no use for 78 days, then used again; /,
    );
  });

  test('the order of files does not make silence', () => {
    const days = through(0, 90);
    const split = [...days.filter((day) => day % 60 === 0), ...days];
    expect(verdict('dormant', 'k', use('k', split))).toBe('fine');
  });

  test('a log shorter than the limit tells nothing', () => {
    expect(verdict('dormant', 'k', use('k', through(0, 10)))).toMatch(/^untold: the log spans less/);
  });
});

describe('shared', () => {
  const contexts = (many: number) =>
    through(0, 4).flatMap((day) =>
      through(0, 12).map((n) =>
        at(day + n / 24, {
          credentialId: 'k',
          clientAsn: 64_500 + (n % many),
          userAgent: `w${'x'.repeat(n % many)}`,
        }),
      ),
    );

  test('finds many pairs of network and client on most days', () => {
    expect(verdict('shared', 'k', contexts(6))).toBe(
      'medium: up to 6 workloads on one day, on 4 of 4 days at least 5; fewer than 5 a day',
    );
    expect(verdict('shared', 'k', contexts(4))).toBe('fine');
  });

  test('a workload that moves and is upgraded is one', () => {
    const events = through(0, 30).map((day) =>
      at(day, { credentialId: 'k', clientAsn: 64_500 + day, userAgent: `sync/${day}.0` }),
    );
    expect(verdict('shared', 'k', events)).toBe('fine');
  });
});

describe('several-environments', () => {
  test('counts environments whatever their case, and not those that refused it', () => {
    const events = [
      at(0, { environment: 'production' }),
      at(1, { environment: 'Production' }),
      at(2, { environment: 'test', status: 401 }),
    ];
    expect(verdict('several-environments', 'key-1', events)).toBe('fine');
    expect(verdict('several-environments', 'key-1', [...events, at(3, { environment: 'test' })])).toBe(
      'medium: production, test; one environment',
    );
  });
});

describe('secrets-in-urls', () => {
  test('names the parameters and how often', () => {
    expect(verdict('secrets-in-urls', 'key-1', [at(0), at(1, { secretQueryKeys: ['api_key'] })])).toBe(
      'high: 1 of 2 calls, in api_key; secrets in headers only',
    );
    expect(verdict('secrets-in-urls', 'key-1', [at(0, { path: null })])).toMatch(/^untold/);
  });
});

describe('weak-token', () => {
  test.each([
    ['unsigned', { tokenAlgorithm: 'None' }, 'critical: alg none accepted in 1 calls; signed tokens only'],
    ['endless', token(startMs, null), 'high: tokens without expiry in 1 calls; at most 768 h'],
    [
      'long',
      token(startMs, startMs + 8_760 * hourMs),
      'medium: tokens valid for up to 8760 h; at most 768 h',
    ],
    ['short', token(startMs, startMs + hourMs), 'fine'],
    [
      'refused',
      { tokenAlgorithm: 'none', outcome: 'failure', status: 400 },
      'untold: the log has no issue and expiry of its tokens',
    ],
  ] as const)('%s', (_name, fields, expected) => {
    expect(verdict('weak-token', 'key-1', [at(1, fields)])).toBe(expected);
  });
});

describe('outlying-lifetime', () => {
  const clients = (hours: readonly number[]) =>
    hours.map((h, n) => at(1, { credentialId: `c${n}`, ...token(startMs, startMs + h * hourMs) }));

  test('finds the client whose tokens outlive those of the same issuer', () => {
    expect(verdict('outlying-lifetime', 'c5', clients([1, 1, 1, 2, 1, 48]))).toBe(
      'low: tokens valid for up to 48 h; 1 h, the median of 6 credentials of its issuer',
    );
    expect(verdict('outlying-lifetime', 'c3', clients([1, 1, 1, 2, 1, 48]))).toBe('fine');
  });

  test('has no measure among a few', () => {
    expect(verdict('outlying-lifetime', 'c1', clients([1, 48]))).toMatch(/^untold: fewer than 5/);
  });
});
