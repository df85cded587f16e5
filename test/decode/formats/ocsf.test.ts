import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/decode/formats/ocsf.ts';
import { cloudtrailLine, decode, decoder, ingestTimeMs, jwt, one } from '../decoding.ts';
import { expectHidden, survivesAnything, survivesAnythingWithin } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const secret = 'Zq7Rv2Lm9Xw4Tk8Pd3';
const startMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);

/** An API gateway's event in the schema of 1.8, which knows tokens. */
const gateway = {
  class_uid: 6003,
  class_name: 'API Activity',
  category_uid: 6,
  activity_id: 2,
  type_uid: 600302,
  time: startMs,
  duration: 15,
  status_id: 1,
  severity_id: 1,
  metadata: { version: '1.8.0', uid: 'e-1', product: { name: 'gateway', vendor_name: 'example' } },
  actor: {
    app_uid: 'consumer-9',
    app_name: 'billing',
    user: { uid: 'u-1', name: 'eve', org: { uid: 'org-1' } },
  },
  api: {
    operation: 'GET /orders/{id}',
    service: { uid: 's-1', name: 'orders' },
    request: { uid: 'api-r-1' },
    token: {
      uid: 'key-17',
      name: 'billing key',
      type_id: 7,
      created_time: startMs - 1000,
      expiration_time: startMs + 60_000,
    },
  },
  http_request: {
    uid: 'r-1',
    http_method: 'GET',
    url: { scheme: 'https', hostname: 'api.example.com', path: '/orders/1007', query_string: 'page=3' },
    user_agent: 'okhttp/4.12.0',
    length: 120,
  },
  http_response: { code: 200, length: 512, latency: 12 },
  src_endpoint: {
    ip: '203.0.113.9',
    port: 41234,
    autonomous_system: { number: 64500 },
    location: { country: 'DE' },
  },
};

/** CloudTrail's record as the schema's published mapping turns it into 1.1. */
const cloud = {
  class_uid: 6003,
  category_uid: 6,
  activity_id: 2,
  time: startMs,
  time_dt: '2026-01-05T10:00:00.250Z',
  status_id: 1,
  metadata: {
    version: '1.1.0',
    uid: 'e-1',
    product: { name: 'CloudTrail', vendor_name: 'AWS' },
    profiles: ['cloud', 'datetime'],
  },
  cloud: { provider: 'AWS', region: 'eu-west-1', account: { uid: '111122223333' } },
  actor: {
    user: {
      type: 'AssumedRole',
      uid: cloudtrailLine.userIdentity.arn,
      uid_alt: 'AROAEXAMPLE:ci-7',
      credential_uid: 'ASIAEXAMPLE000000001',
      account: { uid: '111122223333' },
    },
    session: { issuer: 'arn:aws:iam::111122223333:role/deploy', is_mfa: false },
  },
  api: {
    operation: 'GetObject',
    service: { name: 's3.amazonaws.com' },
    request: { uid: 'req-1' },
    response: null,
  },
  resources: [{ uid: 'arn:aws:s3:::invoices/2026/01.pdf' }],
  http_request: { user_agent: 'aws-cli/2.15' },
  src_endpoint: { ip: '203.0.113.77' },
};

describe('ocsf', () => {
  it("reads a gateway's call", () => {
    expect(one(gateway)).toMatchObject({
      gatewayType: 'ocsf',
      timestampMs: startMs,
      durationMs: 15,
      eventId: 'e-1',
      httpRequestId: 'r-1',
      gatewayName: 'gateway',
      organizationId: 'org-1',
      credentialId: 'key-17',
      credentialType: 'api_key',
      credentialSource: 'gateway_id',
      credentialName: 'eve',
      consumerId: 'consumer-9',
      consumerName: 'billing',
      userId: 'u-1',
      method: 'GET',
      path: '/orders/1007',
      route: 'GET /orders/{id}',
      objectNumber: 1007,
      pageNumber: 3,
      status: 200,
      outcome: 'success',
      host: 'api.example.com',
      requestBytes: 120,
      responseBytes: 512,
      clientAddress: '203.0.113.9',
      clientAsn: 64500,
      clientCountry: 'DE',
      userAgent: 'okhttp/4.12.0',
      apiId: 's-1',
      apiName: 'orders',
      tokenExpiresAtMs: startMs + 60_000,
    });
  });

  it('reads a call of a cloud as its own record would be read', () => {
    const { credentialId, tokenId, route, status, organizationId, userId } = one(cloudtrailLine);
    expect(one(cloud)).toMatchObject({
      gatewayType: 'ocsf',
      credentialId,
      credentialType: 'cloud_access_key',
      tokenId,
      route,
      status,
      organizationId,
      userId,
      objectId: 'arn:aws:s3:::invoices/2026/01.pdf',
      userAgent: 'aws-cli/2.15',
      durationMs: null,
    });
  });

  it.each([
    ['a long-lived key', { credential_uid: 'AKIAEXAMPLE000000001' }],
    ['its successor', { programmatic_credentials: [{ uid: 'AKIAEXAMPLE000000001', type: 'access key' }] }],
  ])('%s is the credential', (_name, credentials) => {
    const user = { ...cloud.actor.user, credential_uid: undefined, ...credentials };
    expect(one({ ...cloud, actor: { ...cloud.actor, user } })).toMatchObject({
      credentialId: 'AKIAEXAMPLE000000001',
      credentialType: 'cloud_access_key',
    });
  });

  it.each([
    [6, 'key-17', 'oauth_client', null],
    [7, 'key-17', 'api_key', null],
    [undefined, 'key-17', 'api_key', null],
    [3, 'consumer:consumer-9', 'api_key', 'key-17'],
  ])('a token of kind %s', (type_id, credentialId, credentialType, tokenId) => {
    const api = { ...gateway.api, token: { ...gateway.api.token, type_id } };
    expect(one({ ...gateway, api })).toMatchObject({ credentialId, credentialType, tokenId });
  });

  it.each([
    ['AccessDenied', 403],
    ['Client.UnauthorizedOperation', 403],
    ['ExpiredTokenException', 401],
    ['ThrottlingException', 429],
    ['NoSuchKey', 404],
    ['ValidationError', 400],
  ])('without HTTP the error tells the status: %s → %d', (error, status) => {
    const event = one({ ...cloud, status_id: 2, api: { ...cloud.api, response: { error } } });
    expect(event).toMatchObject({ status, outcome: 'failure', errorType: error });
  });

  it('a refused call does not touch the key it names', () => {
    const event = one({ ...gateway, http_response: { code: 401 }, status_id: 2 });
    expect(event).toMatchObject({ status: 401, outcome: 'failure' });
    expect(event.credentialId).toMatch(/^unverified:/);
  });

  it('the start as given, or the time of the event', () => {
    expect(one({ ...gateway, start_time: startMs - 500 }).timestampMs).toBe(startMs - 500);
    expect(one({ ...gateway, time: undefined, time_dt: '2026-01-05T10:00:00.250Z' }).timestampMs).toBe(
      startMs,
    );
    expect(one({ ...gateway, duration: undefined }).durationMs).toBe(12);
  });

  it.each([6001, 6002, '6003', 6005, 4002])('class %s tells of a call', (class_uid) => {
    expect(one({ ...gateway, class_uid }).gatewayType).toBe('ocsf');
  });

  it('other classes are skipped, and said to be', () => {
    const by = decoder();
    const value = Buffer.from(JSON.stringify({ ...gateway, class_uid: 2004 }));
    const decoded = by.decode({ value, at: { kind: 'stdin', line: 1 }, ingestTimeMs, partition: 'p' });
    expect(decoded).toEqual({ events: [], refused: [], skipped: 1 });
    expect([...by.figures().skippedBy.keys()].join()).toContain('no call');
  });

  it('forwarded addresses count behind trusted proxies only', () => {
    const http_request = { ...gateway.http_request, x_forwarded_for: ['1.1.1.1', '198.51.100.4'] };
    expect(one({ ...gateway, http_request }).clientAddress).toBe('203.0.113.9');
    const trusted = { trustedProxies: ['203.0.113.0/24'] };
    expect(one({ ...gateway, http_request }, trusted).clientAddress).toBe('198.51.100.4');
  });

  it('no secret is let out: query, headers, url, error', () => {
    const sent = (more: object) => ({ ...gateway, http_request: { ...gateway.http_request, ...more } });
    expectHidden(sent({ url: { path: '/a', query_string: `api_key=${secret}` } }), [secret]);
    expectHidden(sent({ url: { url_string: `https://u:${secret}@h/?token=${secret}` } }), [secret]);
    expectHidden(sent({ url: { path: '/a' }, args: `access_token=${secret}` }), [secret]);
    const token = jwt({ iss: 'i', sub: 's' });
    const http_headers = [
      { name: 'Authorization', value: `Bearer ${token}` },
      { name: 'X-Api-Key', value: secret },
      { name: 'Cookie', value: `sid=${secret}` },
    ];
    expectHidden(sent({ http_headers }), [secret, token]);
    const unnamed = { ...sent({ http_headers }), actor: {}, api: {} };
    expect(one(unnamed)).toMatchObject({ credentialId: 'i||s', authScheme: 'bearer' });
    expectHidden(
      { ...unnamed, http_request: { ...gateway.http_request, http_headers: http_headers.slice(1) } },
      [secret],
    );
    const api = {
      ...gateway.api,
      response: { error: `Bearer ${secret}` },
      token: { uid: `sk-live-${secret}` },
    };
    expectHidden({ ...gateway, api }, [secret]);
    expect(decode(gateway).refused).toEqual([]);
  });

  it('gives what it promises', () => {
    expectYields(cloud, ocsf.yields.byDefault);
    expectYields(ocsf.snippet.text, [...ocsf.yields.byDefault, ...ocsf.yields.withSnippet]);
  });

  it('survives any value in any field', () => {
    survivesAnything(gateway);
    survivesAnything(cloud);
    const headed = {
      ...gateway.http_request,
      http_headers: [{ name: 'a', value: 'b' }],
      x_forwarded_for: ['::1'],
    };
    const whole = { ...gateway, http_request: headed, tls: { ja3_hash: {}, certificate: {} }, ai_model: {} };
    survivesAnythingWithin(
      whole,
      'metadata',
      'actor',
      'api',
      'http_request',
      'http_response',
      'src_endpoint',
      'tls',
    );
    survivesAnythingWithin(cloud, 'actor', 'api', 'cloud');
  });
});
