import { describe, expect, it } from 'vitest';
import { krakend, krakendText } from '../../../src/decode/formats/krakend.ts';
import { decode, one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesDamage } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const rawKey = 'Zq7Rv2Lm9Xw4Tn6Bc1Kd8';

const jsonLine = {
  prefix: '[KRAKEND]',
  time: '2026/01/05 - 10:00:00.250',
  status_code: 200,
  latency: '0.250',
  client_ip: '203.0.113.9',
  method: 'GET',
  path: '/v1/orders/1007',
};

/** What the configuration that is shipped writes. */
const customLine = {
  path: '/v1/orders/1007',
  prefix: 'krakend',
  time: '2026/01/05 - 10:00:00.250',
  status_code: 200,
  latency_ms: '250.125',
  client_ip: '203.0.113.9',
  method: 'GET',
  jwt_iss: 'https://idp.example',
  jwt_azp: 'orders',
  jwt_sub: 'svc-orders',
  jwt_jti: 'j-1',
};

const ginLine =
  '[GIN] 2026/01/05 - 10:00:00 | 200 |     250.5ms |     203.0.113.9 | GET      "/v1/orders/1007?page=3"';
const accessLine =
  '[KRAKEND] 2026/01/05 - 10:00:00.250 [AccessLog] |200| 250.125 | 203.0.113.9 | GET /v1/orders/1007';

describe('krakend: JSON', () => {
  it('reads the json format; its time is the end, its latency in seconds', () => {
    expect(one(jsonLine)).toMatchObject({
      gatewayType: 'krakend',
      timestampMs: Date.UTC(2026, 0, 5, 10),
      durationMs: 250,
      method: 'GET',
      path: '/v1/orders/1007',
      route: 'GET /v1/orders/{int}',
      status: 200,
      outcome: 'success',
      clientAddress: '203.0.113.9',
      gatewayName: '[KRAKEND]',
      credentialType: 'anonymous',
      credentialSource: 'network',
    });
  });

  it('reads the claims of the shipped format; milliseconds stay milliseconds', () => {
    expect(one(customLine)).toMatchObject({
      timestampMs: Date.UTC(2026, 0, 5, 10),
      durationMs: 250.125,
      credentialId: 'https://idp.example|orders|svc-orders',
      credentialType: 'jwt',
      credentialSource: 'claim',
      tokenId: 'j-1',
      tokenIssuer: 'https://idp.example',
      tokenSubject: 'svc-orders',
      tokenClaimsVerified: true,
    });
  });

  it('claims that the token lacks are none, however they are written', () => {
    for (const nothing of ['', '-', '<nil>', '<no value>', '%{jwt.sub}'])
      expect(one({ ...customLine, jwt_sub: nothing, jwt_azp: nothing, jwt_jti: nothing })).toMatchObject({
        credentialType: 'anonymous',
        tokenId: null,
      });
  });

  it('claims of a refused call are the word of the caller only', () => {
    const refused = one({ ...customLine, status_code: 401 });
    expect(refused).toMatchObject({ status: 401, outcome: 'failure', tokenClaimsVerified: false });
    expect(refused.credentialId).toMatch(/^unverified:/);
    expect(refused.tokenId).toMatch(/^unverified:/);
  });

  it('claims that a caller writes into his path give way to those behind it', () => {
    const forged = JSON.stringify(customLine).replace(
      '/orders/1007',
      '/x","jwt_sub":"victim","jwt_jti":"theirs',
    );
    expect(one(forged)).toMatchObject({ tokenSubject: 'svc-orders', tokenId: 'j-1' });
  });

  it('the time is taken in the configured zone', () => {
    expect(one(jsonLine, { assumeTimezoneMinutes: 60 }).timestampMs).toBe(Date.UTC(2026, 0, 5, 9));
  });

  it('no secret is let out', () => {
    expectHidden({ ...jsonLine, query: `api_key=${rawKey}` }, [rawKey]);
    expectHidden({ ...jsonLine, path: `/v1/orders?token=${rawKey}` }, [rawKey]);
    expectHidden({ ...customLine, authorization: `Bearer ${rawKey}` }, [rawKey]);
    expectHidden({ ...customLine, prefix: `Bearer ${rawKey}`, jwt_sub: `sk-${rawKey}` }, [rawKey]);
    expect(one({ ...jsonLine, query: `api_key=${rawKey}` })).toMatchObject({
      credentialSource: 'hashed_query',
      secretQueryKeys: ['api_key'],
    });
  });

  it('what the shipped format writes gives what is promised', () => {
    expectYields(jsonLine, krakend.yields.byDefault);
    expectYields(ginLine, krakendText.yields.byDefault);
    const values = new Map([
      ['path', '/v1/orders/1007'],
      ['prefix', 'krakend'],
      ['time', '2026/01/05 - 10:00:00.250'],
      ['statusCode', '200'],
      ['latencyMs', '250.125'],
      ['clientIP', '203.0.113.9'],
      ['method', 'GET'],
      ['jwt.iss', 'https://idp.example'],
      ['jwt.azp', 'orders'],
      ['jwt.sub', 'svc-orders'],
      ['jwt.jti', 'j-1'],
    ]);
    const config = JSON.parse(krakend.snippet.text) as {
      extra_config: { 'telemetry/logging': { access_log_custom_format: string } };
    };
    const format = config.extra_config['telemetry/logging'].access_log_custom_format;
    const written = format.replaceAll(/%\{([^}]+)\}/g, (_whole, name: string) => {
      expect([...values.keys()]).toContain(name);
      return values.get(name) ?? '';
    });
    expectYields(written, [...krakend.yields.byDefault, ...krakend.yields.withSnippet]);
    expect(one(written)).toEqual(one(customLine));
  });

  it('survives any value in any field', () => {
    survivesAnything({ ...jsonLine, query: 'a=1', user_agent: 'curl/8' });
    survivesAnything(customLine);
  });
});

describe('krakend: text', () => {
  it("reads the community edition's line", () => {
    expect(one(ginLine)).toMatchObject({
      gatewayType: 'krakend-text',
      timestampMs: Date.UTC(2026, 0, 5, 9, 59, 59, 750),
      durationMs: 250.5,
      method: 'GET',
      path: '/v1/orders/1007',
      pageNumber: 3,
      status: 200,
      clientAddress: '203.0.113.9',
      credentialType: 'anonymous',
    });
  });

  it("reads the Enterprise edition's line", () => {
    expect(one(accessLine)).toMatchObject({
      gatewayType: 'krakend-text',
      timestampMs: Date.UTC(2026, 0, 5, 10),
      durationMs: 250.125,
      path: '/v1/orders/1007',
      clientAddress: '203.0.113.9',
    });
  });

  it.each([
    ['4.529µs', 0.004529],
    ['1.2s', 1200],
    ['1m2s', 62_000],
  ])('a duration of %s', (written, durationMs) => {
    expect(one(ginLine.replace('250.5ms', written)).durationMs).toBeCloseTo(durationMs, 9);
  });

  it('takes the line out of prefixes and envelopes', () => {
    expect(one(JSON.stringify({ log: `${ginLine}\n`, stream: 'stdout' }))).toEqual(one(ginLine));
    expect(one(`2026-01-05T10:00:00.1Z stdout F ${ginLine}`)).toEqual(one(ginLine));
    expect(one(JSON.stringify({ message: accessLine }))).toEqual(one(accessLine));
  });

  it('of several lines in one record each is a call', () => {
    const second = ginLine.replace('1007', '1008');
    expect(decode(`${ginLine}\n${second}\n`).events.map(({ objectNumber }) => objectNumber)).toEqual([
      1007, 1008,
    ]);
  });

  it('a refused call is a failure', () => {
    expect(one(ginLine.replace('| 200 |', '| 401 |'))).toMatchObject({ status: 401, outcome: 'failure' });
  });

  it('a bar or a quote in the path does not shift the fields', () => {
    expect(one(ginLine.replace('/v1/orders/1007', '/a|b\\"c'))).toMatchObject({
      path: '/a|b"c',
      status: 200,
    });
  });

  it('a line that lacks fields is refused with what it needs', () => {
    expect(decode('[GIN] 2026/01/05 - 10:00:00 | 200 | 1ms').refused[0]).toMatchObject({
      reason: 'missing-field',
    });
  });

  it('no secret is let out', () => {
    expectHidden(ginLine.replace('page=3', `api_key=${rawKey}`), [rawKey]);
    expectHidden(accessLine.replace('/orders/1007', `/reset/${rawKey}`), [rawKey]);
  });

  it('survives damage anywhere', () => {
    survivesDamage(ginLine);
    survivesDamage(accessLine);
  });
});
