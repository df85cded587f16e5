import { describe, expect, it } from 'vitest';
import { gravitee } from '../../../src/decode/formats/gravitee.ts';
import { decode, one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const rawKey = '21b560b2-59b8-4a4b-921a-32b3731fdec4';

const version4 = {
  timestamp: 1767607200250,
  requestId: '076aea69-6024-4590-aaea-6960247590a0',
  transactionId: '076aea69-6024-4590-aaea-6960247590a0',
  apiId: '5f67b38f-0700-4557-a7b3-8f0700855779',
  apiName: 'Orders',
  apiType: 'proxy',
  planId: '8463511c-fbed-4ca9-a351-1cfbed9ca99d',
  applicationId: '91f077b0-1204-49e4-b077-b0120419e4f6',
  subscriptionId: '318e47e5-349c-4fa4-8e47-e5349c3fa444',
  clientIdentifier: '318e47e5-349c-4fa4-8e47-e5349c3fa444',
  httpMethod: 'GET',
  localAddress: '10.0.0.4',
  remoteAddress: '203.0.113.9',
  host: 'api.example.com',
  uri: '/shop/orders/1007?page=3',
  pathInfo: '/orders/1007',
  mappedPath: '/orders/:id',
  userAgent: 'curl/7.88.1',
  requestContentLength: -1,
  requestEnded: true,
  entrypointId: 'http-proxy',
  endpoint: 'https://orders.internal/echo?api-key=backend-secret-17',
  endpointResponseTimeMs: 137,
  status: 200,
  responseContentLength: 274,
  gatewayResponseTimeMs: 144,
  gatewayLatencyMs: 7,
  securityType: 'API_KEY',
  securityToken: rawKey,
};

const version2 = {
  timestamp: 1767607200250,
  proxyResponseTimeMs: 150,
  proxyLatencyMs: 6,
  apiResponseTimeMs: 144,
  requestId: '13f5ae30-068b-4e2d-b5ae-30068bae2d2d',
  api: 'ff3c6c48-53e0-41d6-bc6c-4853e011d656',
  application: '91f077b0-1204-49e4-b077-b0120419e4f6',
  transactionId: '13f5ae30-068b-4e2d-b5ae-30068bae2d2d',
  plan: 'e115ea63-7cef-4646-95ea-637cef7646ec',
  localAddress: '10.0.0.4',
  remoteAddress: '203.0.113.9',
  httpMethod: 'GET',
  host: 'api.example.com',
  uri: '/test/7',
  requestContentLength: 0,
  responseContentLength: 275,
  status: 200,
  endpoint: 'https://orders.internal/echo',
  path: '',
  userAgent: 'curl/7.88.1',
  securityType: 'API_KEY',
  securityToken: rawKey,
  subscription: '04975880-f147-43bc-9758-80f147e3bcbb',
  customMetrics: { zone: 'europe-north1-a' },
};

const elastic4 = {
  type: 'v4-metrics',
  date: '2026.01.05',
  _id: '076aea69-6024-4590-aaea-6960247590a0',
  gateway: 'gateway-1',
  '@timestamp': '2026-01-05T10:00:00.250Z',
  'request-id': '076aea69-6024-4590-aaea-6960247590a0',
  'client-identifier': '318e47e5-349c-4fa4-8e47-e5349c3fa444',
  'api-id': '5f67b38f-0700-4557-a7b3-8f0700855779',
  'plan-id': '8463511c-fbed-4ca9-a351-1cfbed9ca99d',
  'application-id': '91f077b0-1204-49e4-b077-b0120419e4f6',
  'subscription-id': '318e47e5-349c-4fa4-8e47-e5349c3fa444',
  'http-method': 3,
  'remote-address': '203.0.113.9',
  host: 'api.example.com',
  uri: '/test-v4',
  'path-info': '',
  'user-agent': 'curl/7.88.1',
  'request-ended': 'true',
  endpoint: 'https://orders.internal/echo',
  'endpoint-response-time-ms': 137,
  status: 200,
  'response-content-length': 274,
  'gateway-response-time-ms': 144,
  'gateway-latency-ms': 7,
};

const elastic2 = {
  gateway: 'gateway-1',
  '@timestamp': '2026-01-05T10:00:00.250Z',
  type: 'request',
  _id: '13f5ae30-068b-4e2d-b5ae-30068bae2d2d',
  transaction: '13f5ae30-068b-4e2d-b5ae-30068bae2d2d',
  method: 7,
  uri: '/test',
  status: 201,
  'response-time': 150,
  'api-response-time': 144,
  'proxy-latency': 6,
  'response-content-length': 275,
  plan: 'e115ea63-7cef-4646-95ea-637cef7646ec',
  api: 'ff3c6c48-53e0-41d6-bc6c-4853e011d656',
  application: '91f077b0-1204-49e4-b077-b0120419e4f6',
  'remote-address': '203.0.113.9',
  'security-type': 'API_KEY',
  'security-token': rawKey,
  subscription: '04975880-f147-43bc-9758-80f147e3bcbb',
};

const common = {
  gatewayType: 'gravitee',
  timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
  clientAddress: '203.0.113.9',
  consumerId: '91f077b0-1204-49e4-b077-b0120419e4f6',
  credentialType: 'subscription',
  credentialSource: 'gateway_id',
  outcome: 'success',
};

describe('gravitee', () => {
  it('reads version 4: the subscription is the credential, the mapped path the route', () => {
    expect(one(version4)).toMatchObject({
      ...common,
      credentialId: '318e47e5-349c-4fa4-8e47-e5349c3fa444',
      httpRequestId: '076aea69-6024-4590-aaea-6960247590a0',
      method: 'GET',
      path: '/shop/orders/1007',
      route: 'GET /shop/orders/:id',
      routeSource: 'gateway',
      objectNumber: 1007,
      pageNumber: 3,
      queryKeys: ['page'],
      status: 200,
      durationMs: 144,
      upstreamDurationMs: 137,
      upstreamName: 'orders.internal',
      requestBytes: null,
      responseBytes: 274,
      apiId: '5f67b38f-0700-4557-a7b3-8f0700855779',
      apiName: 'Orders',
      tokenId: null,
    });
  });

  it('reads version 2', () => {
    expect(one(version2)).toMatchObject({
      ...common,
      credentialId: '04975880-f147-43bc-9758-80f147e3bcbb',
      route: 'GET /test/{int}',
      durationMs: 150,
      upstreamDurationMs: 144,
      requestBytes: 0,
    });
  });

  it('reads the Elasticsearch form of both, with methods as numbers', () => {
    expect(one(elastic4)).toMatchObject({
      ...common,
      method: 'GET',
      credentialId: '318e47e5-349c-4fa4-8e47-e5349c3fa444',
      durationMs: 144,
      gatewayName: 'gateway-1',
    });
    expect(one(elastic2)).toMatchObject({
      ...common,
      method: 'POST',
      credentialId: '04975880-f147-43bc-9758-80f147e3bcbb',
      durationMs: 150,
    });
  });

  it('without a subscription two keys of one application are two credentials', () => {
    const bare = { ...version2, subscription: undefined };
    const first = one(bare);
    const second = one({ ...bare, securityToken: '7d31e5c4-0000-4a4b-921a-32b3731fdec4' });
    expect(first.credentialId).toMatch(/^key:[0-9a-f]{32}$/);
    expect(first.credentialId).not.toBe(second.credentialId);
    expect(first.consumerId).toBe(second.consumerId);
  });

  it("a keyless plan's caller is anonymous, whatever stands for his subscription", () => {
    const keyless = {
      ...version4,
      applicationId: '1',
      subscriptionId: '203.0.113.9',
      securityToken: undefined,
    };
    expect(one(keyless)).toMatchObject({ credentialType: 'anonymous', consumerId: null });
  });

  it('where the application is left out of the log the subscription stays, unless it is the address', () => {
    const { applicationId: _, ...bare } = { ...version4, securityToken: undefined };
    expect(one(bare)).toMatchObject({ credentialId: version4.subscriptionId, consumerId: null });
    expect(one({ ...bare, subscriptionId: '203.0.113.9' }).credentialType).toBe('anonymous');
  });

  it('a refused call does not touch the subscription', () => {
    const refused = {
      ...version4,
      status: 401,
      applicationId: '1',
      subscriptionId: '203.0.113.9',
      errorKey: 'API_KEY_INVALID',
      securityToken: 'guessed-key-0001',
    };
    expect(one(refused)).toMatchObject({
      outcome: 'failure',
      errorType: 'API_KEY_INVALID',
      consumerId: null,
    });
    expect(one(refused).credentialId).toMatch(/^key:/);
    expectHidden(refused, ['guessed-key-0001']);
  });

  it('takes tokens and cost of a model, method and tool of an MCP server', () => {
    const additionalMetrics = [
      { name: 'keyword_llm-proxy_model', value: 'gpt-4o' },
      { name: 'keyword_llm-proxy_provider', value: 'OpenAI' },
      { name: 'long_llm-proxy_tokens-sent', value: 12 },
      { name: 'long_llm-proxy_tokens-received', value: 34 },
      { name: 'double_llm-proxy_sent-cost', value: 0.25 },
      { name: 'double_llm-proxy_received-cost', value: 0.5 },
      { name: 'keyword_mcp-proxy_method', value: 'tools/call' },
      { name: 'keyword_mcp-proxy_tools/call', value: 'get_order' },
    ];
    const asObject = Object.fromEntries(additionalMetrics.map(({ name, value }) => [name, value]));
    const expected = {
      genAiModel: 'gpt-4o',
      genAiProvider: 'OpenAI',
      genAiInputTokens: 12,
      genAiOutputTokens: 34,
      genAiCostUsd: 0.75,
      mcpMethod: 'tools/call',
      genAiToolName: 'get_order',
    };
    expect(one({ ...version4, additionalMetrics })).toMatchObject(expected);
    expect(one({ ...elastic4, 'additional-metrics': asObject })).toMatchObject(expected);
  });

  it('skips the first of two records of a call that streams', () => {
    const { events, skipped, refused } = decode({ ...version4, status: 0, requestEnded: false });
    expect({ events, skipped, refused }).toEqual({ events: [], skipped: 1, refused: [] });
  });

  it('no secret is let out: key, query, backend', () => {
    for (const line of [version4, version2, elastic2]) expectHidden(line, [rawKey]);
    expectHidden(version4, ['backend-secret-17']);
    expectHidden({ ...version4, uri: `/shop/orders?api-key=${rawKey}`, pathInfo: '/orders' }, [rawKey]);
    expectHidden({ ...version4, mappedPath: `/x/Bearer ${rawKey}`, user: `token eyJ${rawKey}` }, [rawKey]);
    expectHidden({ ...version4, mappedPath: 'ghp_Zq7Rv2Lm9Xw4Tn6Bc1Hd8' }, ['Zq7Rv2Lm9Xw4Tn6Bc1Hd8']);
  });

  it('gives what it promises', () => {
    expectYields({ ...version4, requestContentLength: 12 }, gravitee.yields.byDefault);
    expectYields(version2, gravitee.yields.byDefault);
  });

  it('survives any value in any field', () => {
    for (const line of [{ ...version4, additionalMetrics: [] }, version2, elastic4, elastic2])
      survivesAnything(line);
  });
});
