import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { otel } from '../../../src/decode/formats/otel.ts';
import { decode, decoder, envoyLine, ingestTimeMs, jwt, one } from '../decoding.ts';
import { otlpBytes, otlpJson } from '../otlp-writer.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const data = process.env['BEARERWATCH_DATA'] ?? '../shared/data';
const timeMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);
const traceId = '5b8efff798038103d269b633813fc60c';
const secret = 'Zq7Rv2Lm9Xw4Tk8Pd3';

const attributes = {
  'http.request.method': 'GET',
  'http.response.status_code': 200,
  'http.route': '/orders/{id}',
  'url.scheme': 'https',
  'url.path': '/orders/1007',
  'url.query': `page=3&api_key=${secret}`,
  'server.address': 'api.example.com',
  'server.port': 443,
  'client.address': '203.0.113.9',
  'client.port': 41234,
  'network.peer.address': '10.0.0.7',
  'network.protocol.version': '2',
  'user_agent.original': 'okhttp/4.12.0',
  'tls.protocol.version': '1.3',
};

const resource = {
  'service.name': 'edge',
  'service.version': '1.4.0',
  'deployment.environment.name': 'production',
};

const added = {
  'jwt.iss': 'https://idp.example',
  'jwt.sub': 'svc-orders',
  'jwt.azp': 'orders',
  'jwt.jti': 'jti-1',
  'jwt.scope': 'orders.write orders.read',
  'jwt.exp': 1767610800,
  duration_ms: 15.5,
  'http.request.size': 120,
  'http.response.size': 512,
};

const flat = { '@timestamp': '2026-01-05T10:00:00.250Z', trace_id: traceId, ...resource, ...attributes };

const expected = {
  gatewayType: 'otel',
  timestampMs: timeMs,
  traceId,
  gatewayName: 'edge',
  environment: 'production',
  method: 'GET',
  route: 'GET /orders/{id}',
  routeSource: 'gateway',
  path: '/orders/1007',
  objectNumber: 1007,
  queryKeys: ['page', 'api_key'],
  secretQueryKeys: ['api_key'],
  pageNumber: 3,
  status: 200,
  outcome: 'success',
  host: 'api.example.com',
  clientAddress: '203.0.113.9',
  peerAddress: '10.0.0.7',
  userAgent: 'okhttp/4.12.0',
  tlsVersion: '1.3',
  credentialType: 'api_key',
  credentialSource: 'hashed_query',
};

describe('otel', () => {
  const record = { timeMs, traceId, body: 'GET /orders/1007', attributes };
  it.each<[string, object | Uint8Array]>([
    ['flat JSON', flat],
    ['OTLP JSON', otlpJson([record], resource)],
    ['OTLP protobuf', otlpBytes([record], resource)],
    [
      'attributes kept apart',
      {
        timestamp: '2026-01-05T10:00:00.25Z',
        trace_id: traceId,
        attributes,
        resources: resource,
        message: 'GET',
      },
    ],
  ])('reads the attributes of a call in %s', (_name, line) => {
    expect(one(line)).toMatchObject(expected);
  });

  it('reads the names from before the conventions were stable', () => {
    const old = {
      'http.method': 'POST',
      'http.status_code': '201',
      'http.target': '/orders?dry=1',
      'http.host': 'api.example.com',
      'http.user_agent': 'curl/8.5.0',
      'http.client_ip': '203.0.113.9',
      'net.peer.ip': '10.0.0.7',
      'http.request_content_length': '17',
      'enduser.id': 'u-1',
      'enduser.scope': 'write read',
    };
    expect(one(otlpJson([{ timeMs, attributes: old }]))).toMatchObject({
      gatewayType: 'otel',
      timestampMs: timeMs,
      method: 'POST',
      status: 201,
      path: '/orders',
      queryKeys: ['dry'],
      host: 'api.example.com',
      userAgent: 'curl/8.5.0',
      clientAddress: '203.0.113.9',
      peerAddress: '10.0.0.7',
      requestBytes: 17,
      userId: 'u-1',
      credentialId: 'user:u-1',
      tokenScopes: ['write', 'read'],
    });
  });

  it('claims are the credential, jti the token, the time the start', () => {
    expect(one({ ...flat, ...added })).toMatchObject({
      timestampMs: timeMs,
      durationMs: 15.5,
      credentialId: 'https://idp.example|orders|svc-orders',
      credentialType: 'jwt',
      credentialSource: 'claim',
      tokenId: 'jti-1',
      tokenIssuer: 'https://idp.example',
      tokenScopes: ['orders.read', 'orders.write'],
      tokenExpiresAtMs: 1767610800000,
      requestBytes: 120,
      responseBytes: 512,
    });
  });

  it('a named credential wins, with its kind', () => {
    const named = {
      'credential.id': 'key-17',
      'credential.type': 'subscription',
      'credential.name': 'billing',
    };
    expect(one({ ...flat, ...added, ...named })).toMatchObject({
      credentialId: 'key-17',
      credentialType: 'subscription',
      credentialName: 'billing',
      credentialSource: 'gateway_id',
      tokenId: 'jti-1',
    });
    expect(one({ ...flat, 'credential.id': 'key-17', 'credential.type': 'of my own' }).credentialType).toBe(
      'api_key',
    );
  });

  it.each([
    ['claims', added],
    ['a named credential', { 'credential.id': 'key-17' }],
  ])('on a refused call %s are words: the one they name is not touched', (_name, words) => {
    const event = one({ ...flat, ...words, 'http.response.status_code': 401 });
    expect(event).toMatchObject({ status: 401, outcome: 'failure' });
    expect(event.credentialId).toMatch(/^unverified:/);
    expect(event.tokenId ?? 'unverified:').toMatch(/^unverified:/);
  });

  it('captured headers: the token is hashed, its claims are read, and neither is let out', () => {
    const token = jwt({ iss: 'https://idp.example', sub: 'svc-orders', jti: 'jti-9' });
    const event = one({ ...flat, 'http.request.header.authorization': [`Bearer ${token}`] });
    expect(event).toMatchObject({
      credentialId: 'https://idp.example||svc-orders',
      tokenId: 'jti-9',
      authScheme: 'bearer',
    });
    expectHidden({ ...flat, 'http.request.header.authorization': [`Bearer ${token}`] }, [token]);
    for (const name of [
      'authorization',
      'x-api-key',
      'x_api_key',
      'apikey',
      'cookie',
      'proxy-authorization',
    ]) {
      const key = `http.request.header.${name}`;
      expectHidden({ ...flat, [key]: [secret] }, [secret]);
      expectHidden({ ...flat, [key]: secret }, [secret]);
    }
    expectHidden({ ...flat, 'url.full': `https://u:${secret}@h/?token=${secret}`, 'url.path': null }, [
      secret,
    ]);
    expectHidden({ ...flat, 'error.type': `Bearer ${secret}`, 'service.name': `token=${secret}` }, [secret]);
    expectHidden(flat, [secret]);
  });

  it('a failure inside an answer of 200 is a failure', () => {
    const call = {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'get_order',
      'mcp.session.id': secret,
    };
    const event = one({ ...flat, ...call, 'error.type': '-32602' });
    expect(event).toMatchObject({
      status: 200,
      outcome: 'failure',
      mcpMethod: 'tools/call',
      genAiToolName: 'get_order',
    });
    expect(event.mcpSessionId).not.toBe(secret);
  });

  it('unknown methods come from the original, durations in words too', () => {
    const odd = {
      ...flat,
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
      duration: '1.5s',
    };
    expect(one(odd)).toMatchObject({ method: 'PURGE', durationMs: 1500 });
    expect(one({ ...flat, 'http.server.request.duration': 0.25 }).durationMs).toBe(250);
  });

  it('behind a trusted proxy the captured X-Forwarded-For decides', () => {
    const line = {
      ...flat,
      'client.address': '1.1.1.1',
      'http.request.header.x-forwarded-for': ['1.1.1.1, 198.51.100.4'],
    };
    expect(one(line, { trustedProxies: ['10.0.0.0/8'] }).clientAddress).toBe('198.51.100.4');
  });

  it('other log records are skipped, and said to be', () => {
    const by = decoder();
    const value = otlpBytes([{ timeMs, body: 'started', attributes: { level: 'info' } }], resource);
    const decoded = by.decode({ value, at: { kind: 'stdin', line: 1 }, ingestTimeMs, partition: 'p' });
    expect(decoded).toEqual({ events: [], refused: [], skipped: 1 });
    expect([...by.figures().skippedBy.keys()].join()).toContain('no HTTP call');
  });

  it('a record without a call says nothing about the next one of its partition', () => {
    const records = [{ timeMs, body: 'started' }, record, { timeMs, attributes: { ...envoyLine } }, record];
    const { events, skipped } = decode(otlpBytes(records));
    expect(events.map(({ gatewayType }) => gatewayType)).toEqual(['otel', 'envoy', 'otel']);
    expect(skipped).toBe(1);
  });

  it('gives what it promises', () => {
    expectYields(flat, otel.yields.byDefault);
    expectYields({ ...flat, ...added }, otel.yields.withSnippet);
  });

  it('survives any value in any field', () => {
    survivesAnything({
      ...flat,
      ...added,
      'credential.id': 'k',
      'http.request.header.authorization': ['Bearer a'],
    });
    survivesAnything({
      timestamp: 1767607200250,
      attributes,
      resource: { attributes: resource },
      trace_id: traceId,
    });
  });
});

describe.skipIf(!existsSync(data))('real records (BEARERWATCH_DATA)', () => {
  it('the example record of the specification is read as a log record without a call', () => {
    const record = JSON.parse(readFileSync(`${data}/gateway-lines/otlp-logs.ndjson`, 'utf8'));
    expect(decode(record)).toEqual({ events: [], refused: [], skipped: 1 });
    // The same record, once it tells of a call, is an event with its resource's name and its time.
    const [log] = record.resourceLogs[0].scopeLogs[0].logRecords;
    const call = { ...attributes, 'url.query': 'page=3' };
    log.attributes.push(
      ...Object.entries(call).map(([key, value]) => ({ key, value: { stringValue: `${value}` } })),
    );
    expect(one(record)).toMatchObject({
      gatewayType: 'otel',
      gatewayName: 'my.service',
      timestampMs: 1544712660300,
      traceId: '5B8EFFF798038103D269B633813FC60C',
      status: 200,
    });
  });
});
