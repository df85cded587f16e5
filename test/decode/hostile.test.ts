import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routesLeft } from '../../bench/hostile.bench.ts';
import { toWire, usageEventWire } from '../../schemas/usage-event.ts';
import { ClientAddresses } from '../../src/decode/client/address.ts';
import { epochMs } from '../../src/decode/time.ts';
import {
  canonicalLine,
  decode,
  decoder,
  envoyLine,
  ingestTimeMs,
  kongLine,
  nginxLine,
  one,
} from './decoding.ts';

const templates = [envoyLine, nginxLine, kongLine, canonicalLine] as readonly object[];

describe('hostile input', () => {
  it('what cannot be a method is none, and no part of the route', () => {
    expect(one({ ...nginxLine, method: 'purge' })).toMatchObject({ method: 'PURGE' });
    for (const method of ['key:', 'GET /admin', '<b>', '"']) {
      const event = one({ ...nginxLine, method });
      expect(event.method, method).toBeNull();
      expect(event.route, method).toMatch(/^\/orders\//);
    }
  });

  it('any bytes: never throws, every excerpt within its cap', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        for (const { excerpt, reason } of decode(bytes).refused) {
          expect(excerpt.length).toBeLessThanOrEqual(512);
          expect(reason).not.toBe('internal-error');
        }
      }),
    );
  });

  it('any JSON value in any field: an event within its schema, or a reason', () => {
    const value = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary', maxLength: 3000 }), fc.double());
    fc.assert(
      fc.property(fc.constantFrom(...templates), fc.nat(), value, (template, n, given) => {
        const keys = Object.keys(template);
        const { events, refused } = decode({ ...template, [keys[n % keys.length] as string]: given });
        for (const { reason } of refused) expect(reason).not.toBe('internal-error');
        for (const event of events) {
          const read = usageEventWire.partial().safeParse(toWire(event));
          expect(read.error?.issues ?? []).toEqual([]);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('keys of the prototype change nothing', () => {
    const line = JSON.stringify(envoyLine).replace(
      '{',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    expect(one(line).gatewayType).toBe('envoy');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  it('of a key twice the last wins', () => {
    expect(one(JSON.stringify(envoyLine).replace('}', ',"response_code":503}')).status).toBe(503);
  });

  it('control, bidi and lone surrogate characters are gone; a long agent is cut', () => {
    const agent = `a\u0000\u001b[31m\u202e\ud800b\u200f${'x'.repeat(1_000)}`;
    const { userAgent } = one({ ...envoyLine, user_agent: agent });
    expect(userAgent).toMatch(/^a\[31mbx+$/);
    expect(userAgent?.length).toBeLessThanOrEqual(512);
  });

  it.each([
    ['beyond every double', '1e999'],
    ['of 400 digits', '9'.repeat(400)],
    ['beyond exact integers', '9007199254740993'],
    ['tiny', '5e-324'],
    ['below zero', '-1e308'],
    ['as text', '"1e999"'],
  ])('a number %s is none, or one within its field: never NaN or infinite', (_name, number) => {
    for (const field of [
      'response_code',
      'duration',
      'bytes_sent',
      'bytes_received',
      'jwt_exp',
      'start_time',
    ]) {
      const { [field as 'duration']: _, ...rest } = envoyLine as unknown as Record<'duration', unknown>;
      const written = JSON.stringify(rest).replace('{', `{"${field}":${number},`);
      const { events, refused } = decode(written);
      for (const { reason } of refused) expect(reason).toMatch(/^time-/);
      for (const event of events) {
        expect(usageEventWire.partial().safeParse(toWire(event)).error?.issues ?? []).toEqual([]);
        for (const value of Object.values(event))
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
      }
    }
  });

  it('a country is two letters, whatever stands there', () => {
    const cloudflare = {
      RayID: 'r-1',
      EdgeStartTimestamp: '2026-01-05T10:00:00Z',
      ClientIP: '192.0.2.8',
      ClientRequestMethod: 'GET',
      ClientRequestPath: '/a',
      EdgeResponseStatus: 200,
    };
    const countries = (given: unknown) => one({ ...cloudflare, ClientCountry: given }).clientCountry;
    expect(countries('de')).toBe('DE');
    // A sharp s in upper case is two letters.
    for (const given of [9007199254740991, 'ßa', 'Germany', 'd', '12', '\u202ede', {}])
      expect(countries(given) ?? 'DE', String(given)).toMatch(/^[A-Z]{2}$/);
  });

  it('a user agent of nearly a megabyte is cut, in every kind of line; a longer record is refused', () => {
    const agent = 'x'.repeat(1_000_000);
    const lines = [
      JSON.stringify({ ...envoyLine, user_agent: agent }),
      JSON.stringify({ ...nginxLine, user_agent: agent }),
      JSON.stringify({ message: JSON.stringify({ ...envoyLine, user_agent: agent }) }),
      `198.51.100.4 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "${agent}"`,
    ];
    for (const line of lines) expect(one(line).userAgent).toBe('x'.repeat(512));
    const { refused } = decode({ ...envoyLine, user_agent: 'x'.repeat(20_000_000) });
    expect(refused.map(({ reason }) => reason)).toEqual(['too-long']);
    expect(refused[0]?.excerpt.length).toBeLessThanOrEqual(512);
  });

  it('NUL characters end nothing and hide nothing', () => {
    const event = one({
      ...envoyLine,
      path: '/a\u0000b/7?x\u0000=1',
      authority: 'a\u0000b',
      jwt_sub: 'svc\u0000admin',
    });
    expect(JSON.stringify(toWire(event))).not.toContain('\\u0000');
    expect(event.credentialId).not.toBe(one({ ...envoyLine, jwt_sub: 'svc' }).credentialId);
  });

  it('words at many positions of a path leave no more routes than positions that are kept', () => {
    const early = routesLeft(150_000);
    expect(early).toBeLessThanOrEqual(50_000);
    // What is known by then has no room for more: all else is one of the placeholders.
    expect(routesLeft(1_000_000) - early).toBeLessThan(3_000);
  }, 120_000);

  it('different paths without end do not grow the routes beyond their bound', () => {
    const by = decoder();
    const routes = new Set<string | null>();
    for (let n = 0; n < 20_000; n += 1) {
      const name = `w${n.toString(26).replace(/[0-9]/g, (digit) => 'qrstuvwxyz'[Number(digit)] as string)}`;
      const value = Buffer.from(JSON.stringify({ ...envoyLine, path: `/shop/${name}/view` }));
      const { events } = by.decode({ value, at: { kind: 'stdin', line: n }, ingestTimeMs, partition: 'p' });
      routes.add(events[0]?.route ?? null);
    }
    expect(routes.size).toBeLessThanOrEqual(60);
  });
});

describe('time', () => {
  it.each<[unknown, number]>([
    [1767607200, 1767607200000],
    [1767607200250, 1767607200250],
    [1767607200250000, 1767607200250],
    ['1767607200250000000', 1767607200250],
    ['1767607200.25', 1767607200250],
    ['2026-01-05T10:00:00.25Z', 1767607200250],
    ['2026-01-05T10:00:00.250123456Z', 1767607200250],
    ['2026-01-05T11:00:00+01:00', 1767607200000],
    ['2026-01-05 10:00:00', 1767607200000],
    ['05/Jan/2026:11:00:00 +0100', 1767607200000],
    ['[05/Jan/2026:11:00:00 +0100]', 1767607200000],
    ['2026/01/05 - 10:00:00', 1767607200000],
  ])('%s', (written, ms) => {
    expect(epochMs(written)).toBe(ms);
  });

  it('without a zone the configured one is assumed', () => {
    expect(epochMs('2026-01-05T11:00:00', 60)).toBe(1767607200000);
  });

  it.each([
    ['time-invalid', 'yesterday'],
    ['time-invalid', null],
    ['time-too-old', '1970-01-01T00:00:01Z'],
    ['time-in-future', '2027-01-05T10:00:00Z'],
  ])('%s: %s', (reason, start_time) => {
    expect(decode({ ...envoyLine, start_time }, { history: false }).refused[0]?.reason).toBe(reason);
  });
});

describe('the client behind proxies', () => {
  const byRange = new ClientAddresses({ trustedProxies: ['10.0.0.0/8', 'fd00::/8'], trustedHops: 0 });
  const byHops = new ClientAddresses({ trustedProxies: [], trustedHops: 1 });
  it.each<[ClientAddresses, string, string | null, string]>([
    [byRange, '10.0.0.1', '6.6.6.6, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
    [byRange, '203.0.113.50', '6.6.6.6', '203.0.113.50'],
    [byRange, '10.0.0.1', '6.6.6.6, junk', '10.0.0.1'],
    [byRange, '[fd00::1]:443', '2001:db8::7', '2001:db8::7'],
    [byRange, '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    [byHops, '192.0.2.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    [byHops, '192.0.2.1', null, '192.0.2.1'],
  ])('%# from %s, forwarded %s', (rule, peer, forwarded, client) => {
    expect(rule.of(peer, peer, forwarded).address).toBe(client);
  });
});
