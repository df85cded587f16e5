import { describe, expect, it } from 'vitest';
import { ecs } from '../../../src/decode/formats/ecs.ts';
import { decode, jwt, kongLine, one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesAnythingWithin } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const secret = 'Zq7Rv2Lm9Xw4Tk8Pd3';
const startMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);

/** What Filebeat sends after an ingest of a gateway's log, nested. */
const nested = {
  '@timestamp': '2026-01-05T10:00:00.250Z',
  ecs: { version: '8.11.0' },
  event: { kind: 'event', category: ['web'], dataset: 'gateway.access', outcome: 'success', id: 'e-1' },
  http: {
    version: '1.1',
    request: { id: 'r-1', method: 'GET', bytes: 120 },
    response: { status_code: 200, bytes: 512, body: { bytes: 300 } },
  },
  url: { original: '/orders/1007?page=3', path: '/orders/1007', query: 'page=3', domain: 'api.example.com' },
  source: {
    ip: '203.0.113.9',
    port: 41234,
    as: { number: 64500, organization: { name: 'Example Net' } },
    geo: { country_iso_code: 'DE', country_name: 'Germany' },
  },
  user_agent: { original: 'okhttp/4.12.0', name: 'okhttp' },
  observer: { name: 'edge-1', product: 'gateway' },
  service: { name: 'orders', environment: 'production' },
  trace: { id: '5b8efff798038103d269b633813fc60c' },
  tls: { version: '1.3', client: { ja3: 'd4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9', subject: 'CN=billing' } },
  agent: { type: 'filebeat', version: '8.11.0' },
  host: { name: 'shipper-1' },
};

const labels = {
  credential_id: 'key-17',
  jwt_iss: 'https://idp.example',
  jwt_sub: 'svc-orders',
  jwt_azp: 'orders',
  jwt_jti: 'jti-1',
};

const withSnippet = { ...nested, event: { ...nested.event, duration: 15_500_000 }, labels };

function dotted(line: object, prefix = ''): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(line)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      Object.assign(flat, dotted(value, `${prefix}${key}.`));
    else flat[`${prefix}${key}`] = value;
  }
  return flat;
}

/** Only the outermost object is one; within it the names are dotted. */
function mixed(line: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(line).map(([key, value]) => [
      key,
      typeof value === 'object' ? dotted(value as object) : value,
    ]),
  );
}

describe('ecs', () => {
  it.each([
    ['nested', nested],
    ['dotted', dotted(nested)],
    ['half and half', mixed(nested)],
    ["as text in a shipper's envelope", { message: JSON.stringify(nested), '@timestamp': 'x' }],
  ])('reads a call, %s', (_name, line) => {
    expect(one(line)).toMatchObject({
      gatewayType: 'ecs',
      timestampMs: startMs,
      eventId: 'e-1',
      httpRequestId: 'r-1',
      traceId: '5b8efff798038103d269b633813fc60c',
      gatewayName: 'edge-1',
      environment: 'production',
      apiName: 'orders',
      method: 'GET',
      path: '/orders/1007',
      route: 'GET /orders/{int}',
      objectNumber: 1007,
      pageNumber: 3,
      host: 'api.example.com',
      status: 200,
      outcome: 'success',
      requestBytes: 120,
      responseBytes: 512,
      clientAddress: '203.0.113.9',
      clientAsn: 64500,
      clientAsName: 'Example Net',
      clientCountry: 'DE',
      userAgent: 'okhttp/4.12.0',
      ja3: 'd4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9',
      certSubject: 'CN=billing',
      tlsVersion: '1.3',
      durationMs: null,
      credentialType: 'anonymous',
      credentialSource: 'network',
    });
  });

  it('labels hold credential and claims; nanoseconds become milliseconds', () => {
    expect(one(withSnippet)).toMatchObject({
      credentialId: 'key-17',
      credentialType: 'api_key',
      credentialSource: 'gateway_id',
      tokenId: 'jti-1',
      tokenIssuer: 'https://idp.example',
      durationMs: 15.5,
      timestampMs: startMs,
    });
    const { credential_id: _, ...claims } = labels;
    expect(one({ ...withSnippet, labels: claims })).toMatchObject({
      credentialId: 'https://idp.example|orders|svc-orders',
      credentialSource: 'claim',
    });
    expect(one(dotted(withSnippet)).credentialId).toBe('key-17');
  });

  it('without a credential the user is the caller, by id, hash or name', () => {
    const by = (user: object) => one({ ...nested, user });
    expect(by({ id: 'u-1', name: 'eve' })).toMatchObject({ userId: 'u-1', credentialId: 'user:u-1' });
    expect(by({ hash: 'ab12', name: 'eve' }).credentialId).toBe('user:ab12');
    expect(by({ name: 'eve' }).credentialId).toBe('user:eve');
  });

  it.each([
    ['a label', { labels }],
    ['claims', { labels: { jwt_iss: 'i', jwt_sub: 's' } }],
    ['a user', { user: { id: 'u-1' } }],
  ])('a refused call does not touch the one that %s names', (_name, words) => {
    const response = { status_code: 401 };
    const event = one({ ...nested, ...words, http: { ...nested.http, response } });
    expect(event).toMatchObject({ status: 401, outcome: 'failure' });
    expect(event.credentialId).toMatch(/^unverified:/);
  });

  it('start and end: the start as given, or the end less the duration', () => {
    const event = {
      start: '2026-01-05T10:00:00.250Z',
      end: '2026-01-05T10:00:01.250Z',
      duration: 1_000_000_000,
    };
    expect(one({ ...nested, '@timestamp': '2026-01-05T10:00:09Z', event }).timestampMs).toBe(startMs);
    const { start: _, ...ended } = event;
    expect(one({ ...nested, '@timestamp': '2026-01-05T10:00:09Z', event: ended }).timestampMs).toBe(startMs);
  });

  it('client and source: the caller behind a proxy, and the proxy', () => {
    expect(one({ ...nested, client: { ip: '198.51.100.4' } })).toMatchObject({
      clientAddress: '198.51.100.4',
      peerAddress: '203.0.113.9',
    });
    const forwarded = { ...nested, network: { forwarded_ip: '198.51.100.4' } };
    expect(one(forwarded).clientAddress).toBe('203.0.113.9');
    expect(one(forwarded, { trustedProxies: ['203.0.113.9'] }).clientAddress).toBe('198.51.100.4');
  });

  it('the original line of a known gateway wins over what was made of it', () => {
    expect(one({ ...nested, event: { original: JSON.stringify(kongLine) } }).gatewayType).toBe('kong');
  });

  it('documents of other things are no calls', () => {
    const metric = { '@timestamp': nested['@timestamp'], ecs: nested.ecs, system: { load: { 1: 0.5 } } };
    expect(decode(metric).refused.map(({ reason }) => reason)).toEqual(['unknown-format']);
  });

  it('no secret is let out: query, headers, user info, user agent, error', () => {
    const url = { original: `https://u:${secret}@h/a?apikey=${secret}`, query: `apikey=${secret}` };
    expectHidden({ ...nested, url }, [secret]);
    expectHidden({ ...nested, url: { path: '/a', query: `access_token=${secret}` } }, [secret]);
    const token = jwt({ iss: 'i', sub: 's' });
    const headers = { Authorization: [`Bearer ${token}`], 'X-Api-Key': secret, Cookie: `sid=${secret}` };
    const request = { ...nested.http.request, headers };
    const line = { ...nested, http: { ...nested.http, request } };
    expectHidden(line, [secret, token]);
    expect(one(line).credentialId).toBe('i||s');
    expectHidden(
      { ...nested, http: { ...nested.http, request: { ...request, headers: { apikey: secret } } } },
      [secret],
    );
    expectHidden({ ...nested, user_agent: { original: `curl Bearer ${secret}` } }, [secret]);
    expectHidden({ ...nested, error: { type: `token=${secret}` } }, [secret]);
    expectHidden({ ...nested, event: { original: `GET /a?key=${secret}` } }, [secret]);
  });

  it('gives what it promises', () => {
    expectYields(nested, ecs.yields.byDefault);
    expectYields(withSnippet, ecs.yields.withSnippet);
  });

  it('survives any value in any field', () => {
    survivesAnything(withSnippet);
    survivesAnything(dotted(withSnippet));
    survivesAnythingWithin(withSnippet, 'event', 'http', 'url', 'source', 'user_agent', 'labels', 'tls');
  });
});
