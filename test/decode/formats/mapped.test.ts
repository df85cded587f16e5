import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingSchema, mappingTargets } from '../../../schemas/mapping.ts';
import { toWire, usageEventWire } from '../../../schemas/usage-event.ts';
import type { Format, ReadResult } from '../../../src/decode/format.ts';
import { mappedFormat } from '../../../src/decode/formats/mapped.ts';
import type { JsonObject } from '../../../src/decode/text.ts';
import { decode, decoder, envoyLine, ingestTimeMs, jwt, one } from '../decoding.ts';

const mapping = (given: object) =>
  mappedFormat(mappingSchema.parse({ version: 1, name: 'home', ...given }), 'home.yaml');
const by = (given: object) => ({ mapped: [mapping(given)] });

const line = {
  app: 'orders-edge',
  ts: 1767607200.25,
  req: {
    line: 'GET /orders/1007?limit=20 HTTP/1.1',
    headers: { 'user.agent': 'curl/8', ua: ['a/1', 'b/2'] },
  },
  res: { code: '200', bytes: 358, took_s: 0.25 },
  caller: [{ ip: '198.51.100.7' }, { ip: '10.0.0.1' }],
  auth: { key: 'Zq7Rv2Lm9Xw4Tn6Bc1', key_id: 'ak_17', label: 'billing' },
};
const fields = {
  timestamp: { path: 'ts', coerce: 'epoch-s' },
  'http.request.method': { path: 'req.line', coerce: 'split-method-path' },
  'url.path': { path: 'req.line', coerce: 'split-method-path' },
  'http.response.status_code': 'res.code',
  'http.response.size': 'res.bytes',
  duration_ms: { path: 'res.took_s', coerce: 'seconds' },
  'client.address': 'caller.0.ip',
  'user_agent.original': ['req.headers.missing', 'req.headers.user.agent'],
  'deployment.environment.name': { constant: 'production' },
};

describe('a mapping', () => {
  it('reads a home-made line: units, a request line for two fields, lists by number, constants', () => {
    expect(
      one(line, by({ fields, credential: { path: 'auth.key_id', form: 'id', name: 'auth.label' } })),
    ).toMatchObject({
      gatewayType: 'home',
      timestampMs: 1767607200250,
      method: 'GET',
      path: '/orders/1007',
      queryKeys: ['limit'],
      route: 'GET /orders/{int}',
      status: 200,
      responseBytes: 358,
      durationMs: 250,
      clientAddress: '198.51.100.7',
      userAgent: 'curl/8',
      environment: 'production',
      credentialId: 'ak_17',
      credentialName: 'billing',
      credentialSource: 'mapping',
    });
  });

  it('reads an object that holds a line of a known format: it is no envelope to whoever mapped it', () => {
    const outer = { ...line, event: envoyLine, payload: '{"amount":7}', log: '{"amount":7}' };
    const mapped = { fields, credential: { path: 'auth.key_id', form: 'id' } } as const;
    expect(one({ ...line, event: envoyLine }).gatewayType).toBe('envoy');
    expect(one(outer, by({ ...mapped })).credentialId).toBe('ak_17');
    expect(one(outer, { ...by(mapped), format: 'home' }).credentialId).toBe('ak_17');
  });

  it.each([
    ['200', 200],
    ['200 OK', 200],
    ['HTTP/1.1 404 Not Found', 404],
    ['HTTP/2 201 Created', 201],
    ['500, 200 : 200', 200],
    ['200 : 503', 503],
    ['OK', null],
    ['2000 OK', null],
    ['HTTP/1.1', null],
    [true, null],
  ])('reads %j as the status %j', (code, status) => {
    expect(one({ ...line, res: { code } }, by({ fields })).status).toBe(status);
  });

  it('goes before every built-in format, whatever the line before was', () => {
    const options = by({
      when: [{ path: 'authority', equals: 'api.example.com' }],
      fields: { timestamp: 'start_time', 'url.path': 'path' },
    });
    const both = decoder(options);
    const types = [{ ...envoyLine, authority: 'other' }, envoyLine].map((value) => {
      const record = { value: Buffer.from(JSON.stringify(value)), at: { kind: 'stdin', line: 1 } as const };
      return both.decode({ ...record, ingestTimeMs, partition: 'p' }).events[0]?.gatewayType;
    });
    expect(types).toEqual(['envoy', 'home']);
  });

  it('when: every condition must hold; equals takes a value or a list; a path alone asks for any value', () => {
    const { matches } = mapping({
      when: [
        'req.line',
        { path: 'app', equals: ['orders-edge', 'billing-edge'] },
        { path: 'res.bytes', equals: 358 },
      ],
      fields,
    });
    expect(matches(line, '')).toBe(true);
    expect(matches({ ...line, app: 'other' }, '')).toBe(false);
    expect(matches({ ...line, res: { bytes: '358' } }, '')).toBe(false);
    expect(matches({ ...line, req: {} }, '')).toBe(false);
  });

  it('without when: the time and a path, a route or a method must be there', () => {
    const { matches } = mapping({ fields });
    expect(matches(line, '')).toBe(true);
    expect(matches({ ...line, ts: null }, '')).toBe(false);
    expect(matches({ ts: 1 }, '')).toBe(false);
  });

  it('pinned by its name it takes lines its signature would not', () => {
    const options = { ...by({ when: [{ path: 'app', equals: 'x' }], fields }), format: 'home' };
    expect(one(line, options).gatewayType).toBe('home');
    expect(() => decoder({ format: 'hom' })).toThrow(/known formats: auto/);
  });

  it('a time that is missing or in another unit is refused with its place, never guessed', () => {
    const options = { ...by({ fields }), format: 'home' };
    const refusal = (value: object) => decode(value, options).refused[0];
    expect(refusal({ ...line, ts: undefined })).toMatchObject({
      reason: 'missing-field',
      detail: 'home: no time at ts (timestamp in home.yaml)',
    });
    expect(refusal({ ...line, ts: 1767607200250 })).toMatchObject({
      reason: 'wrong-type',
      detail: 'home: what stands at ts cannot be read as epoch-s (timestamp in home.yaml)',
    });
  });

  it('reads the claims of a token, and those named one by one before them', () => {
    const token = jwt({ iss: 'https://idp', sub: 'svc', azp: 'app', jti: 'j-1' });
    const raw = { ...line, authz: `Bearer ${token}` };
    expect(one(raw, by({ fields, token: { path: 'authz' } }))).toMatchObject({
      credentialId: 'https://idp|app|svc',
      credentialSource: 'claim',
      tokenId: 'j-1',
    });
    const claims = { ...fields, 'token.issuer': { constant: 'https://own' }, 'token.subject': 'auth.label' };
    expect(one(line, by({ fields: claims })).credentialId).toBe('https://own||billing');
  });

  it('an id on a refused call is the word of whoever called, unless the gateway verified it', () => {
    const refused = { ...line, res: { code: 401 } };
    const credential = { path: 'auth.key_id', form: 'id' };
    expect(one(refused, by({ fields, credential })).credentialId).toMatch(/^unverified:/);
    expect(one(refused, by({ fields, credential: { ...credential, verified: true } })).credentialId).toBe(
      'ak_17',
    );
  });

  it('a credential said to be a hash is kept when it has the form of one, and hashed otherwise', () => {
    const hash = 'a'.repeat(64);
    const options = by({ fields, credential: { path: 'auth.key', form: 'hash' } });
    expect(one({ ...line, auth: { key: hash } }, options).credentialId).toBe(hash);
    expect(one(line, options).credentialId).toMatch(/^key:/);
  });
});

describe('a mapping and secrets', () => {
  const key = 'Zq7Rv2Lm9Xw4Tn6Bc1';
  const word = 'correcthorsebatterystaple';
  const token = jwt({ iss: 'i', sub: 's', jti: 'j' });

  it.each([
    ['a raw key', { credential: { path: 'secret' } }, key],
    ['a raw session', { credential: { path: 'secret', kind: 'session' } }, word],
    ['a key said to be a hash', { credential: { path: 'secret', form: 'hash' } }, key],
    ['a bearer token', { token: { path: 'secret' } }, `Bearer ${token}`],
    ['an opaque bearer token', { token: { path: 'secret' } }, `Bearer ${key}`],
    ['a bare token', { token: { path: 'secret' } }, token],
    [
      'basic credentials',
      { token: { path: 'secret' } },
      `Basic ${Buffer.from(`eve:${word}`).toString('base64')}`,
    ],
    ['a token taken for an id', { credential: { path: 'secret', form: 'id' } }, `sk-live-${key}`],
    [
      'a token taken for a name',
      { credential: { path: 'auth.key_id', form: 'id', name: 'secret' } },
      `ghp_${key}${key}`,
    ],
    ['a secret in the URL', { fields: { ...fields, 'url.path': 'secret' } }, `/a?api_key=${key}`],
  ])('%s never shows in anything that is let out', (_name, given, secret) => {
    for (const code of [200, 401, 'x']) {
      const out = JSON.stringify(
        decode({ ...line, auth: { key_id: 'k' }, secret, res: { code } }, by({ fields, ...given })),
      );
      const bare = secret.slice(secret.indexOf(' ') + 1).replace('/a?api_key=', '');
      for (const form of [bare, Buffer.from(bare).toString('base64url'), Buffer.from(bare).toString('hex')])
        expect(out).not.toContain(form);
    }
  });

  it('a refused line shows no secret either', () => {
    const refused = decode(
      { ...line, ts: 'never', secret: key },
      { ...by({ fields, credential: { path: 'secret' } }), format: 'home' },
    );
    expect(refused.events).toEqual([]);
    expect(JSON.stringify(refused)).not.toContain(key);
  });

  it('the same key gives the same id through any mapping and through a built-in format', () => {
    const named = one(
      { ...line, auth: { key } },
      by({ fields, credential: { path: 'auth.key' } }),
    ).credentialId;
    const { jwt_iss: _, jwt_sub: __, jwt_azp: ___, jwt_jti: ____, ...anonymous } = envoyLine;
    expect(named).toBe(one({ ...anonymous, x_api_key: key }).credentialId);
  });
});

const paths = fc.oneof(
  fc.constantFrom(
    'a',
    'a.b',
    'a.0',
    'a.0.b',
    'b',
    '__proto__',
    'constructor',
    'a.__proto__',
    'a.constructor.name',
    'toString',
    'a.length',
    'b.0.length',
    '__proto__.a',
  ),
  fc.stringMatching(/^[a-c]{1,2}(\.[a-c0-2]){0,3}$/),
);
const sourceOf = (wire: string) =>
  fc.record(
    {
      path: paths,
      constant: fc.oneof(fc.string({ maxLength: 9 }), fc.integer(), fc.boolean()),
      coerce: fc.constantFrom(...coercionsFor(wire)),
    },
    { requiredKeys: ['path', 'coerce'] },
  );

function coercionsFor(wire: string): string[] {
  const all = [
    'any-time',
    'epoch-s',
    'epoch-ms',
    'epoch-us',
    'epoch-ns',
    'rfc3339',
    'milliseconds',
    'seconds',
    'microseconds',
    'nanoseconds',
    'go-duration',
    'bytes',
    'kilobytes',
    'integer',
    'number',
    'boolean',
    'list',
    'string',
    'split-method-path',
  ];
  return all.filter(
    (coerce) =>
      mappingSchema.safeParse({
        version: 1,
        name: 'home',
        fields: { timestamp: 'a', [wire]: { path: 'a', coerce } },
      }).success,
  );
}

const anyMapping = fc.record(
  {
    fields: fc.record(
      Object.fromEntries(
        [...mappingTargets.keys()].map((wire) => [
          wire,
          wire === 'timestamp' ? fc.oneof(sourceOf(wire), fc.constant({ path: 't' })) : sourceOf(wire),
        ]),
      ),
      {
        requiredKeys: ['timestamp'],
      },
    ),
    when: fc.array(fc.oneof(paths, fc.record({ path: paths, equals: fc.oneof(fc.string(), fc.integer()) })), {
      minLength: 1,
      maxLength: 3,
    }),
    credential: fc.record({
      path: paths,
      form: fc.constantFrom('secret', 'hash', 'id'),
      verified: fc.boolean(),
      name: paths,
    }),
    token: fc.record({ path: paths, verified: fc.boolean() }),
    timeIs: fc.constantFrom('start', 'end'),
  },
  { requiredKeys: ['fields'] },
);
const keys = fc.constantFrom('a', 'b', 'c', 'a.b', '__proto__', 'constructor', 'length');
const { node: anyValue } = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(
      'GET /a/1 HTTP/1.1',
      'Bearer abc',
      '2026-01-05T10:00:00Z',
      1767607200.25,
      1767607200250,
      -1,
      1e308,
      '-',
      null,
      true,
    ),
    fc.double(),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.array(fc.tuple(keys, tie('node')), { maxLength: 4 }).map(objectOf),
  ),
}));

/** With `__proto__` as a key of its own, as JSON.parse makes it. */
function objectOf(pairs: [string, unknown][]): unknown {
  return JSON.parse(
    `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`).join(',')}}`,
  );
}

describe('any mapping on any line', () => {
  it('never throws, and gives an event within its schema or a reason', () => {
    let current = mapping({ fields });
    // One decoder for all mappings: making one reads the network tables anew.
    const any: Format = { ...current, read: (...given) => current.read(...given) };
    const all = decoder({ mapped: [any], format: 'home' });
    const values = fc
      .array(fc.tuple(keys, anyValue), { maxLength: 6 })
      .map((pairs) => objectOf([...pairs, ['t', ingestTimeMs]]));
    fc.assert(
      fc.property(anyMapping, fc.array(values, { minLength: 1, maxLength: 5 }), (given, lines) => {
        current = mapping(given);
        for (const value of lines) {
          current.matches(value as JsonObject, '');
          const bytes = Buffer.from(JSON.stringify(value));
          const record = {
            value: bytes,
            at: { kind: 'stdin', line: 1 },
            ingestTimeMs,
            partition: 'p',
          } as const;
          const { events, refused } = all.decode(record);
          for (const { reason } of refused) expect(reason).not.toBe('internal-error');
          for (const event of events)
            expect(usageEventWire.partial().safeParse(toWire(event)).error?.issues ?? []).toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('reads own properties only: what every object inherits is not there', () => {
    for (const path of [
      'constructor',
      'constructor.name',
      '__proto__',
      'toString',
      'req.constructor',
      'caller.length',
      'caller.0.constructor.name',
    ])
      expect(one(line, by({ fields: { ...fields, 'gateway.name': path } })).gatewayName).toBeNull();
    const own = JSON.stringify(line).replace('{', '{"__proto__":{"x":"own"},');
    expect(one(own, by({ fields: { ...fields, 'gateway.name': '__proto__.x' } })).gatewayName).toBe('own');
  });

  it('does not see what somebody else added to every object', () => {
    const { read } = mapping({ fields: { ...fields, 'gateway.name': 'added' } });
    Object.defineProperty(Object.prototype, 'added', { value: 'x', enumerable: true, configurable: true });
    let result: ReadResult;
    try {
      result = read(line, '');
    } finally {
      Reflect.deleteProperty(Object.prototype, 'added');
    }
    expect(result).toMatchObject({ method: 'GET', plain: { environment: 'production' } });
    expect(result).not.toHaveProperty('plain.gatewayName');
  });
});
