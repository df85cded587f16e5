import { describe, expect, it } from 'vitest';
import { wso2 } from '../../../src/decode/formats/wso2.ts';
import { decode, one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const response = {
  apiName: 'PizzaShackAPI',
  proxyResponseCode: 200,
  destination: 'https://svc:backend-secret-17@pizza.internal:9443/am/sample/pizzashack/v1/api/',
  apiCreatorTenantDomain: 'carbon.super',
  platform: 'Linux',
  apiMethod: 'GET',
  apiVersion: '1.0.0',
  gatewayType: 'SYNAPSE',
  apiCreator: 'admin',
  responseCacheHit: false,
  backendLatency: 335,
  correlationId: '70a30874-1e19-41e2-ad44-0ec1957fc740',
  requestMediationLatency: 55,
  keyType: 'PRODUCTION',
  apiId: 'dd4423d0-769a-4515-8b5e-8994daaad3ff',
  applicationName: 'billing',
  targetResponseCode: 200,
  requestTimestamp: '2026-01-05T10:00:00.250Z',
  applicationOwner: 'admin',
  userAgent: 'Chrome',
  userName: 'admin@carbon.super',
  eventType: 'response',
  apiResourceTemplate: '/order/{orderId}',
  apiContext: '/pizzashack/1.0.0',
  responseLatency: 392,
  regionId: 'default',
  responseMediationLatency: 2,
  userIp: '203.0.113.9',
  applicationId: '118fd1a4-73aa-3969-8c72-4f5cc06b1b0a',
  apiType: 'HTTP',
  properties: {},
};

const fault = {
  apiCreator: 'admin',
  apiCreatorTenantDomain: 'carbon.super',
  apiId: '43d030dc-427f-4678-98e3-87b7d9882b5f',
  apiName: 'SampleAPI',
  apiType: 'HTTP',
  apiVersion: '1.0.0',
  applicationId: '0b5ccc91-30e2-4ee5-9355-d1698075c028',
  applicationName: 'SampleApp3',
  correlationId: 'ccf2196f-9db8-429b-aaae-98f4c6edf6d7',
  errorCode: 900803,
  errorMessage: 'APPLICATION_LEVEL_LIMIT_EXCEEDED',
  errorType: 'THROTTLED',
  eventType: 'fault',
  gatewayType: 'SYNAPSE',
  keyType: 'PRODUCTION',
  proxyResponseCode: 429,
  regionId: 'default',
  requestTimestamp: '2026-01-05T10:00:00.250Z',
  responseCacheHit: false,
  targetResponseCode: -1,
};

const head =
  '08:23:34,898 [-] [PassThroughMessageProcessor-188]  INFO ELKCounterMetric apimMetrics: apim:response,';

describe('wso2', () => {
  it('reads a response: application and kind of key are the credential, the resource the route', () => {
    expect(one(response)).toMatchObject({
      gatewayType: 'wso2',
      timestampMs: Date.UTC(2026, 0, 5, 10, 0, 0, 250),
      durationMs: 392,
      upstreamDurationMs: 335,
      method: 'GET',
      path: null,
      route: 'GET /pizzashack/1.0.0/order/{orderId}',
      routeSource: 'gateway',
      status: 200,
      outcome: 'success',
      credentialId: '118fd1a4-73aa-3969-8c72-4f5cc06b1b0a:PRODUCTION',
      credentialType: 'oauth_client',
      credentialSource: 'gateway_id',
      credentialName: 'billing',
      consumerId: '118fd1a4-73aa-3969-8c72-4f5cc06b1b0a',
      consumerName: 'billing',
      userId: 'admin@carbon.super',
      organizationId: 'carbon.super',
      environment: 'PRODUCTION',
      clientAddress: '203.0.113.9',
      userAgent: 'Chrome',
      upstreamName: 'pizza.internal:9443',
      httpRequestId: '70a30874-1e19-41e2-ad44-0ec1957fc740',
      apiId: 'dd4423d0-769a-4515-8b5e-8994daaad3ff',
      apiName: 'PizzaShackAPI',
    });
  });

  it.each([
    ['the log line', (json: string) => `${head} properties :${json}`],
    ["a shipper's envelope", (json: string) => JSON.stringify({ message: `${head} properties :${json}` })],
  ])('takes the event out of %s', (_name, wrap) => {
    expect(one(wrap(JSON.stringify(response)))).toEqual(one(response));
  });

  it('context and user may lie among the properties, with what an extension adds', () => {
    const { apiContext, userName, ...older } = response;
    const properties = { apiContext, userName, tokenIssuer: 'https://idp.example', jwt_jti: 'j-1' };
    expect(
      one({ ...older, properties: { ...properties, requestPath: '/pizzashack/1.0.0/order/1007' } }),
    ).toMatchObject({
      route: 'GET /pizzashack/1.0.0/order/{orderId}',
      userId: 'admin@carbon.super',
      tokenIssuer: 'https://idp.example',
      tokenId: 'j-1',
      path: '/pizzashack/1.0.0/order/1007',
      objectNumber: 1007,
    });
  });

  it('a fault is a failure of its application', () => {
    expect(one(fault)).toMatchObject({
      gatewayType: 'wso2',
      status: 429,
      outcome: 'failure',
      errorType: 'APPLICATION_LEVEL_LIMIT_EXCEEDED',
      credentialId: '0b5ccc91-30e2-4ee5-9355-d1698075c028:PRODUCTION',
      method: null,
      clientAddress: null,
    });
  });

  it.each(['UNKNOWN', 'anonymous', 'N/A', ''])('an application named %j is none', (word) => {
    const refused = { ...fault, proxyResponseCode: 401, applicationId: word, applicationName: word };
    expect(one(refused)).toMatchObject({ credentialType: 'anonymous', consumerId: null, outcome: 'failure' });
  });

  it('tokens of a model are counted', () => {
    const event = one({
      ...response,
      aiTokenUsage: { promptTokens: 12, completionTokens: 34, totalTokens: 46 },
      aiMetadata: { vendorName: 'openai', model: 'gpt-4o' },
    });
    expect(event).toMatchObject({
      genAiInputTokens: 12,
      genAiOutputTokens: 34,
      genAiProvider: 'openai',
      genAiModel: 'gpt-4o',
    });
  });

  it('no secret is let out: backend, path, error', () => {
    expectHidden(response, ['backend-secret-17']);
    expectHidden({ ...response, properties: { requestPath: '/a?apikey=Zq7Rv2Lm9Xw4' } }, ['Zq7Rv2Lm9Xw4']);
    expectHidden({ ...fault, errorMessage: 'token=Zq7Rv2Lm9Xw4' }, ['Zq7Rv2Lm9Xw4']);
    expectHidden({ ...response, authorization: 'Bearer Zq7Rv2Lm9Xw4' }, ['Zq7Rv2Lm9Xw4']);
    expect(decode(response).refused).toEqual([]);
  });

  it('gives what it promises', () => {
    expectYields(response, wso2.yields.byDefault);
    const properties = { requestPath: '/pizzashack/1.0.0/order/1007', jwt_jti: 'j-1' };
    expectYields({ ...response, properties }, wso2.yields.withSnippet);
  });

  it('survives any value in any field', () => {
    survivesAnything({ ...response, aiTokenUsage: {}, aiMetadata: {} });
    survivesAnything(fault);
  });
});
