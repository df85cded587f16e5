import { describe, expect, it } from 'vitest';
import { apigee } from '../../../src/decode/formats/apigee.ts';
import { jwt, one } from '../decoding.ts';
import { expectHidden, survivesAnything } from './hostile-values.ts';
import { expectYields } from './yields.ts';

const rawKey = 'Zq7Rv2Lm9Xw4Tn6Bc1Kd8Pf3Hs5Jg0Qa';
const rawToken = 'Ab9cD8eF7gH6iJ5kL4mN3oP2qR1s';

/** As a shared flow for Cloud Logging writes it: every value a text. */
const flowLine = {
  organization: 'acme',
  environment: 'prod',
  apiProxy: 'orders-v1',
  apiProxyRevision: '7',
  apiProduct: 'orders',
  developerApp: 'billing',
  developerId: 'dev-5',
  clientId: rawKey,
  correlationId: 'c-1',
  requestUri: '/v1/orders/1007?page=3',
  requestUrl: 'http://10.0.0.4/v1/orders/1007?page=3',
  verb: 'GET',
  clientIp: '203.0.113.9',
  userAgent: 'okhttp/4.12.0',
  proxyRequestReceived: '1767607200250',
  targetRequestSent: '1767607200260',
  targetResponseReceived: '1767607200450',
  proxyResponseSent: '1767607200500',
  targetResponseCode: '200',
  proxyResponseCode: '200',
  faultName: '',
};

const analyticsRecord = {
  client_received_start_timestamp: 1767607200250,
  client_received_end_timestamp: 1767607200251,
  target_sent_start_timestamp: 1767607200260,
  target_received_end_timestamp: 1767607200450,
  client_sent_start_timestamp: 1767607200490,
  client_sent_end_timestamp: 1767607200500,
  recordType: 'APIAnalytics',
  apiproxy: 'orders-v1',
  request_uri: '/v1/orders/1007',
  request_path: '/v1/orders/1007',
  request_verb: 'GET',
  client_ip: '203.0.113.9',
  useragent: 'okhttp/4.12.0',
  apiproxy_revision: 7,
  response_status_code: 200,
  developer_email: 'dev@example.com',
  developer_app: 'billing',
  client_id: rawKey,
  api_product: 'orders',
  organization: 'acme',
  environment: 'prod',
  gateway_source: 'envoy',
  gateway_flow_id: 'flow-1',
};

const common = {
  gatewayType: 'apigee',
  timestampMs: 1767607200250,
  durationMs: 250,
  upstreamDurationMs: 190,
  method: 'GET',
  path: '/v1/orders/1007',
  route: 'GET /v1/orders/{int}',
  status: 200,
  outcome: 'success',
  credentialType: 'api_key',
  credentialSource: 'hashed_header',
  consumerId: 'billing',
  consumerName: 'billing',
  organizationId: 'acme',
  environment: 'prod',
  apiName: 'orders-v1',
  clientAddress: '203.0.113.9',
  userAgent: 'okhttp/4.12.0',
};

describe('apigee', () => {
  it('reads what a flow logs: start and end as texts of milliseconds', () => {
    expect(one(flowLine)).toMatchObject({ ...common, httpRequestId: 'c-1', pageNumber: 3 });
    expect(one(flowLine).credentialId).toMatch(/^key:[0-9a-f]{32}$/);
  });

  it('reads an analytics record, also in its envelope', () => {
    expect(one(analyticsRecord)).toMatchObject({ ...common, httpRequestId: 'flow-1', gatewayName: 'envoy' });
    expect(one({ records: [analyticsRecord] })).toEqual(one(analyticsRecord));
    expect(one(analyticsRecord).credentialId).toBe(one(flowLine).credentialId);
  });

  it('two keys of one application are two credentials of one consumer', () => {
    const other = one({ ...flowLine, clientId: 'another-consumer-key-0001' });
    expect(other.credentialId).not.toBe(one(flowLine).credentialId);
    expect(other.consumerId).toBe('billing');
  });

  it('an application whose name fills the field is told from one that differs at the end only', () => {
    const named = (developerApp: string) => one({ ...flowLine, clientId: '', developerApp }).credentialId;
    const start = 'x'.repeat(255);
    expect(named(`${start}a`).length).toBeLessThanOrEqual(256);
    expect(named(`${start}a`)).not.toBe(named(`${start}b`));
  });

  it('with the time of the answer only, that less the duration is the start', () => {
    const line = {
      ...flowLine,
      proxyRequestReceived: undefined,
      total_response_time: '250',
    };
    expect(one(line)).toMatchObject({ timestampMs: 1767607200250, durationMs: 250 });
  });

  it('an access token is the token, by its hash', () => {
    expect(one({ ...analyticsRecord, access_token: rawToken }).tokenId).toMatch(/^[0-9a-f]{32}$/);
    const claimed = one({
      ...analyticsRecord,
      access_token: jwt({ iss: 'https://idp.example', sub: 'svc', azp: 'app', jti: 'j-1' }),
    });
    expect(claimed).toMatchObject({
      credentialId: 'https://idp.example|app|svc',
      credentialSource: 'claim',
      tokenId: 'j-1',
      consumerId: 'billing',
    });
  });

  it('a call without a key is anonymous, also where nothing was hashed', () => {
    const nobody = { ...flowLine, developerApp: '' };
    const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    for (const clientId of ['', hashOfNothing])
      expect(one({ ...nobody, clientId })).toMatchObject({ credentialType: 'anonymous', consumerId: null });
  });

  it('a refused call says why; a forged token does not touch its owner', () => {
    const refused = one({
      ...flowLine,
      proxyResponseCode: '401',
      faultName: 'InvalidApiKey',
      clientId: '',
      developerApp: '',
      accessToken: jwt({ iss: 'https://idp.example', sub: 'svc', azp: 'app', jti: 'j-1' }),
    });
    expect(refused).toMatchObject({
      status: 401,
      outcome: 'failure',
      errorType: 'InvalidApiKey',
      tokenClaimsVerified: false,
    });
    expect(refused.credentialId).toMatch(/^unverified:/);
    expect(refused.tokenId).toMatch(/^unverified:/);
  });

  it('no secret is let out: key, token, query', () => {
    const token = jwt({ sub: 'svc' });
    expectHidden(flowLine, [rawKey]);
    expectHidden({ ...analyticsRecord, access_token: rawToken }, [rawKey, rawToken]);
    expectHidden({ ...analyticsRecord, access_token: token }, [rawKey, token]);
    expectHidden({ ...flowLine, requestUri: `/v1/orders?apikey=${rawKey}` }, [rawKey]);
    expectHidden({ ...flowLine, faultName: `key: ${rawKey}`, developerApp: `Bearer ${rawToken}` }, [
      rawKey,
      rawToken,
    ]);
  });

  it('what the shipped policy writes gives what is promised, and holds no raw key', () => {
    const variables = new Map([
      ['organization.name', 'acme'],
      ['environment.name', 'prod'],
      ['apiproxy.name', 'orders-v1'],
      ['sha256Hex(client_id)', 'a'.repeat(64)],
      ['escapeJSON(developer.app.name)', 'billing'],
      ['developer.app.id', 'app-5'],
      ['messageid', 'm-1'],
      ['proxy.client.ip', '203.0.113.9'],
      ['request.verb', 'GET'],
      ['proxy.basepath', '/v1'],
      ['escapeJSON(proxy.pathsuffix)', '/orders/1007'],
      ['escapeJSON(request.header.user-agent)', 'okhttp/4.12.0'],
      ['response.status.code', '200'],
      ['fault.name', ''],
      ['client.received.start.timestamp', '1767607200250'],
      ['target.sent.start.timestamp', '1767607200260'],
      ['target.received.end.timestamp', '1767607200450'],
      ['client.sent.end.timestamp', '1767607200500'],
    ]);
    const { text } = apigee.snippet;
    const message = text.slice(text.indexOf('json">') + 6, text.indexOf('</Message>'));
    const written = message.replaceAll(/\{([^{}"]+)\}/g, (_whole, name: string) => {
      expect([...variables.keys()]).toContain(name);
      return variables.get(name) ?? '';
    });
    expectYields(written, apigee.yields.withSnippet);
    expect(one(written)).toMatchObject({ ...common, consumerId: 'app-5' });
  });

  it('survives any value in any field', () => {
    survivesAnything({ ...flowLine, accessToken: rawToken });
    survivesAnything(analyticsRecord);
  });
});
