import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mappingSchema } from '../../schemas/mapping.ts';
import { mappedFormat } from '../../src/decode/formats/mapped.ts';
import { asPairs } from '../../src/decode/pairs-line.ts';
import { decode, one } from './decoding.ts';
import { expectHidden } from './formats/hostile-values.ts';

const line =
  'time=2026-01-05T10:00:00.250Z level=info method=GET path=/orders/7 status=200 user_agent="orders sync/2.1" client_ip=203.0.113.9 credential_id=key-1';

describe('a line of key=value that no text format knows', () => {
  it('is read by the usual names', () => {
    expect(one(line)).toMatchObject({
      gatewayType: 'aliases',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      route: 'GET /orders/{int}',
      userAgent: 'orders sync/2.1',
      clientAddress: '203.0.113.9',
      credentialId: 'key-1',
    });
  });

  it.each([['2026-01-05T10:00:00.250Z INFO '], ['2026-01-05 10:00:00.250Z info ']])(
    'takes the time from before the pairs: %s',
    (head) => {
      expect(one(head + line.slice(line.indexOf('level='))).timestampMs).toBe(
        Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      );
    },
  );

  it('is read by a mapping, in turn or by name', () => {
    const home = mappedFormat(
      mappingSchema.parse({
        version: 1,
        name: 'home',
        fields: { timestamp: 'at', 'url.path': 'what', 'http.response.status_code': 'code' },
        credential: { path: 'who', form: 'id' },
      }),
      'home.yaml',
    );
    const own = 'at=2026-01-05T10:00:00Z what=/orders/7 code=404 who=ak_17';
    for (const format of ['auto', 'home'])
      expect(one(own, { mapped: [home], format })).toMatchObject({
        gatewayType: 'home',
        status: 404,
        credentialId: 'ak_17',
      });
  });

  it('keeps no secret', () => {
    const secret = 'Zq7Rv2Lm9Xw4Tn6Bc1';
    expectHidden(`${line} authorization="Bearer ${secret}"`, [secret]);
    expectHidden(`${line} api_key=${secret}`, [secret]);
    expectHidden(`${line.replace('/orders/7', `/orders/7?token=${secret}`)}`, [secret]);
    expectHidden(`at=info api_key=${secret} msg=warm`, [secret]);
  });

  it('is refused by its names where nothing reads it', () => {
    expect(decode('at=info cache=warm items=12').refused).toMatchObject([
      { reason: 'unknown-format', detail: expect.stringContaining('at, cache, items') },
    ]);
  });

  it.each([['GET /orders?a=1&b=2&c=3 200'], ['started with a=1'], ['a=1 b=2'], ['=1 =2 =3'], ['']])(
    'a line of anything else is none: %s',
    (text) => {
      expect(asPairs({ json: null, text })).toBeNull();
    },
  );

  it('never names what an object inherits, whatever the names are', () => {
    expect(asPairs({ json: null, text: '__proto__=1 constructor=2 toString=3' })?.json).toSatisfy(
      (json: object) => Object.getPrototypeOf(json) === Object.prototype && Object.keys(json).length === 3,
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        const pairs = asPairs({ json: null, text });
        expect(pairs === null || Object.keys(pairs.json ?? {}).length >= 3).toBe(true);
      }),
    );
  });
});
