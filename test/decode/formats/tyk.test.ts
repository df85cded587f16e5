import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/connect/recognise.ts';
import { tyk } from '../../../src/decode/formats/tyk.ts';
import type { JsonObject } from '../../../src/decode/text.ts';
import { decode, jwt, one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const rawKey = '5e9d9544a1dcd60001d0ed20d7f1a4e6bcb94c9f8f3c1a2b4d5e6f70';
const request = Buffer.from(`GET /orders/1007 HTTP/1.1\r\nAuthorization: ${rawKey}\r\n\r\n`).toString(
  'base64',
);

/** As the Kafka pump writes it. */
const pumpLine = {
  timestamp: '2026-01-05T11:00:00.750123456+01:00',
  method: 'GET',
  path: '/orders/1007',
  raw_path: '/orders/1007',
  response_code: 200,
  alias: 'billing',
  api_key: rawKey,
  api_version: 'Non Versioned',
  api_name: 'Orders API',
  api_id: '727dad853a8a45f64ab981154d1ffdad',
  org_id: '5e9d9544a1dcd60001d0ed20',
  oauth_id: '',
  raw_request: request,
  request_time_ms: 250,
  raw_response: Buffer.from(`HTTP/1.1 200 OK\r\n\r\n{"token":"${rawKey}"}`).toString('base64'),
  ip_address: '203.0.113.9',
  host: 'api.example.com',
  content_length: 120,
  user_agent: 'okhttp/4.12.0',
  tags: [`key-${rawKey}`, 'org-5e9d9544a1dcd60001d0ed20'],
};

/** As pumps that write the record whole do. */
const wholeLine = {
  ...pumpLine,
  request_time_ms: undefined,
  request_time: 250,
  path: '/orders/{id}',
  latency: { total: 250, upstream: 240 },
  geo: { country: { iso_code: 'DE' } },
  mcp_stats: { jsonrpc_method: 'tools/call', primitive_type: 'tool', primitive_name: 'get_order' },
};

describe('tyk', () => {
  it('reads the record of the Kafka pump; the start lies the duration before its time', () => {
    expect(one(pumpLine)).toMatchObject({
      gatewayType: 'tyk',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 500),
      durationMs: 250,
      method: 'GET',
      path: '/orders/1007',
      route: 'GET /orders/{int}',
      objectNumber: 1007,
      status: 200,
      outcome: 'success',
      credentialType: 'api_key',
      credentialSource: 'hashed_header',
      credentialName: 'billing',
      tokenId: null,
      apiId: '727dad853a8a45f64ab981154d1ffdad',
      apiName: 'Orders API',
      organizationId: '5e9d9544a1dcd60001d0ed20',
      clientAddress: '203.0.113.9',
      host: 'api.example.com',
      requestBytes: 120,
      userAgent: 'okhttp/4.12.0',
    });
    expect(one(pumpLine).credentialId).toMatch(/^key:[0-9a-f]{32}$/);
  });

  it('reads whole records: template, upstream latency, country, MCP', () => {
    expect(one(wholeLine)).toMatchObject({
      durationMs: 250,
      upstreamDurationMs: 240,
      route: 'GET /orders/{id}',
      routeSource: 'gateway',
      objectNumber: 1007,
      clientCountry: 'DE',
      mcpMethod: 'tools/call',
      genAiToolName: 'get_order',
    });
  });

  it('takes the record out of the field in which a log carries it', () => {
    const carried = { level: 'info', msg: '', prefix: 'stdout-pump', 'tyk-analytics-record': wholeLine };
    expect(one(carried)).toEqual(one(wholeLine));
  });

  it('tells hashed keys apart, and none of them is the key', () => {
    const first = one({ ...pumpLine, api_key: '1c2f9a0b' });
    const second = one({ ...pumpLine, api_key: '7d31e5c4' });
    expect(first.credentialId).not.toBe(second.credentialId);
    expect(first.credentialId).not.toBe(one(pumpLine).credentialId);
  });

  it.each([
    ['no key', ''],
    ['murmur32', '00000000'],
    ['murmur128', '0'.repeat(32)],
    ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ])('a call without a key is anonymous: %s', (_name, api_key) => {
    expect(one({ ...pumpLine, alias: '', api_key })).toMatchObject({
      credentialType: 'anonymous',
      credentialSource: 'network',
      credentialId: 'anon:203.0.113.9',
    });
  });

  it('an OAuth client is the credential, its access token the token', () => {
    const event = one({ ...pumpLine, oauth_id: 'client-17' });
    expect(event).toMatchObject({
      credentialId: 'client-17',
      credentialType: 'oauth_client',
      credentialSource: 'gateway_id',
      credentialName: 'billing',
    });
    expect(event.tokenId).toMatch(/^[0-9a-f]{32}$/);
    expect(one({ ...pumpLine, oauth_id: 'client-17', api_key: 'other-token' }).tokenId).not.toBe(
      event.tokenId,
    );
  });

  it('a refused call is a failure and keeps its own key apart', () => {
    const refused = one({ ...pumpLine, response_code: 403, alias: '', api_key: 'guessed-key-0001' });
    expect(refused).toMatchObject({ status: 403, outcome: 'failure' });
    expect(refused.credentialId).not.toBe(one(pumpLine).credentialId);
  });

  it('no secret is let out: key, tags, recorded request and answer, query', () => {
    const token = jwt({ sub: 'eve', jti: 'j-1' });
    expectHidden(pumpLine, [rawKey, request.slice(8, 60)]);
    expectHidden({ ...pumpLine, raw_path: `/orders?api_key=${rawKey}` }, [rawKey]);
    expectHidden({ ...pumpLine, api_key: token, oauth_id: 'client-17' }, [token, rawKey]);
    expectHidden({ ...pumpLine, alias: `Bearer ${rawKey}`, host: `x=1&token=${rawKey}` }, [rawKey]);
    expect(decode(pumpLine).refused).toEqual([]);
  });

  it('gives what it promises', () => expectYields(pumpLine, tyk.yields.byDefault));

  it('tells a hashed key from a raw one, for the warning about raw secrets', () => {
    const rawSecrets = (line: JsonObject) => recognise({ json: line, text: '' })?.rawSecrets;
    expect(rawSecrets(pumpLine)).toEqual(['an API key header']);
    expect(rawSecrets({ ...pumpLine, api_key: '1c2f9a0b' })).toEqual([]);
  });

  it('survives any value in any field', () => {
    survivesAnything(pumpLine);
    survivesAnything(wholeLine);
  });
});
