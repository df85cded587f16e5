import { describe, expect, it } from 'vitest';
import { formats } from '../../../src/decode/formats/index.ts';
import { unwrap } from '../../../src/decode/unwrap.ts';
import { gatewayLines } from '../../fuzz/gateway-lines.ts';
import {
  canonicalLine,
  cloudtrailLine,
  decode,
  envoyLine,
  jwt,
  kongLine,
  nginxLine,
  one,
} from '../decoding.ts';

/**
 * What a caller can write into the log of each gateway must not make him somebody else. `known` is a call
 * of the victim; `forged` one by a caller who has none of the victim's secrets, was refused or asked for
 * nothing, and wrote the victim's names wherever he could.
 */
interface Forgery {
  readonly format: string;
  readonly known: object | string;
  readonly forged: object | string;
}

const limits = { maxRecordBytes: 1 << 20, maxInflatedBytes: 1 << 20, maxDepth: 64 };
const bearer = `Bearer ${jwt({ iss: 'idp', sub: 'victim', azp: 'app', jti: 'j-1' })}`;
const headers = (given: Record<string, string>) => ({ 'user-agent': 'curl/8', ...given });
const { authenticated_entity: _entity, consumer: _consumer, ...kongBare } = kongLine;
const apisixLine = {
  start_time: 1767607200250,
  route_id: 'r',
  client_ip: '192.0.2.8',
  latency: 9,
  request: { method: 'GET', uri: '/a', headers: headers({ 'x-credential-identifier': 'victim' }) },
  response: { status: 200, headers: {} },
};
const apisixOwn = {
  ...nginxLine,
  credential_id: 'victim',
  consumer_id: 'victim-app',
  route_id: 'r',
};
const traefikLine = {
  RequestMethod: 'GET',
  RequestPath: '/a',
  DownstreamStatus: 200,
  StartUTC: '2026-01-05T10:00:00.250Z',
  ClientHost: '192.0.2.8',
  'request_X-Credential-Id': 'victim',
};
const caddyText = (user: string, code: number) =>
  `2026/01/05 10:00:00.250\tINFO\thttp.log.access\thandled request\t{"request":{"remote_ip":"192.0.2.8","method":"GET","host":"a","uri":"/a","headers":{"X-Credential-Id":["victim"]}},"user_id":"${user}","duration":0.1,"status":${code}}`;
const awsCsv = (caller: string, path: string) =>
  `192.0.2.8,${caller},-,05/Jan/2026:10:00:00 +0000,GET,${path},HTTP/1.1,200,153,r-1`;
const cloudflareLine = {
  RayID: 'r',
  EdgeStartTimestamp: '2026-01-05T10:00:00Z',
  ClientRequestMethod: 'GET',
  ClientRequestPath: '/a',
  ClientIP: '192.0.2.8',
  EdgeResponseStatus: 200,
  RequestHeaders: { 'cf-access-client-id': 'victim' },
};
const caddyLine = {
  ts: 1767607200.25,
  logger: 'http.log.access',
  msg: 'handled request',
  status: 200,
  user_id: 'victim',
  request: { remote_ip: '192.0.2.8', method: 'GET', uri: '/a', headers: { 'X-Credential-Id': ['victim'] } },
};
const haproxyLine = {
  request_date_us: '1767607200250000',
  client_ip: '192.0.2.8',
  fe_name: 'f',
  be_name: 'b',
  method: 'GET',
  path: '/a',
  status_code: 200,
  jwt_iss: 'idp',
  jwt_sub: 'victim',
};
const awsLine = {
  requestId: 'r',
  requestTimeEpoch: '1767607200250',
  ip: '192.0.2.8',
  httpMethod: 'GET',
  path: '/a',
  status: '200',
};
const azureLine = {
  time: '2026-01-05T10:00:00.2500000Z',
  category: 'GatewayLogs',
  callerIpAddress: '192.0.2.8',
  properties: { method: 'GET', url: 'https://a/b', responseCode: 200, apimSubscriptionId: 'victim' },
};
const apigeeLine = {
  apiProxy: 'p',
  clientId: 'the-key-of-the-victim',
  proxyRequestReceived: '1767607200250',
  requestUri: '/a',
  verb: 'GET',
  clientIp: '192.0.2.8',
  proxyResponseCode: '200',
};
const ecsLine = {
  '@timestamp': '2026-01-05T10:00:00.250Z',
  ecs: { version: '8.11.0' },
  http: { request: { method: 'GET' }, response: { status_code: 200 } },
  url: { path: '/a' },
  source: { ip: '192.0.2.8' },
  labels: { credential_id: 'victim' },
};
const otelLine = {
  '@timestamp': '2026-01-05T10:00:00.250Z',
  'http.request.method': 'GET',
  'http.response.status_code': 200,
  'url.path': '/a',
  'client.address': '192.0.2.8',
  'jwt.sub': 'victim',
};
const ocsfLine = {
  class_uid: 6003,
  time: 1767607200250,
  status_id: 1,
  actor: { user: { uid: 'u', credential_uid: 'victim' } },
  api: { operation: 'GetObject', service: { name: 's' } },
  http_request: { http_method: 'GET', url: { path: '/a' } },
  http_response: { code: 200 },
  src_endpoint: { ip: '192.0.2.8' },
};
const graviteeLine = {
  timestamp: 1767607200250,
  apiId: 'a',
  applicationId: 'app-1',
  subscriptionId: 'victim',
  httpMethod: 'GET',
  remoteAddress: '192.0.2.8',
  uri: '/a',
  status: 200,
  gatewayResponseTimeMs: 1,
};
const krakendLine = {
  prefix: 'k',
  time: '2026/01/05 - 10:00:00.250',
  status_code: 200,
  latency: '0.250',
  client_ip: '192.0.2.8',
  method: 'GET',
  path: '/a',
  jwt_sub: 'victim',
};
const litellmLine = {
  call_type: 'acompletion',
  startTime: '2026-01-05 10:00:00.25',
  prompt_tokens: 1,
  status: 'success',
  end_user: 'victim',
  metadata: { user_api_key_hash: 'a'.repeat(64) },
};
const tykLine = {
  timestamp: '2026-01-05T10:00:00.75Z',
  method: 'GET',
  path: '/a',
  response_code: 200,
  api_key: 'a'.repeat(64),
  api_id: 'a',
  org_id: 'o',
  oauth_id: '',
  alias: 'victim',
  request_time: 1,
  ip_address: '192.0.2.8',
};
const tykAccess = {
  prefix: 'access-log',
  time: '2026-01-05T10:00:00Z',
  api_key: 'a'.repeat(64),
  client_ip: '192.0.2.8',
  method: 'GET',
  path: '/a',
  status: 200,
};
const wso2Line = {
  apiId: 'a',
  proxyResponseCode: 200,
  apiResourceTemplate: '/a',
  requestTimestamp: '2026-01-05T10:00:00.250Z',
  apiMethod: 'GET',
  applicationId: 'victim',
  userName: 'victim',
  userIp: '192.0.2.8',
};
const agentgatewayLine = {
  time: '2026-01-05T10:00:00.250Z',
  scope: 'request',
  'http.method': 'GET',
  'http.path': '/a',
  'http.status': 200,
  'src.addr': '192.0.2.8:1',
  'jwt.sub': 'victim',
};
const aliasLine = {
  timestamp: '2026-01-05T10:00:00.250Z',
  method: 'GET',
  path: '/a',
  status: 200,
  client_id: 'victim',
};
const clf = (user: string, status: number) =>
  `192.0.2.8 - ${user} [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" ${status} 153 "-" "curl/8"`;
const ginLine = (status: number, path: string) =>
  `[GIN] 2026/01/05 - 10:00:00 | ${status} | 250.5ms | 192.0.2.8 | GET "${path}"`;
const agentText = (status: number) =>
  `2026-01-05T10:00:00.250Z info request gateway=g src.addr=192.0.2.8:1 http.method=GET http.path=/a http.status=${status} jwt.sub=victim duration=4ms`;
const tykText = (key: string, status: number, agent: string) =>
  `time="Jan 05 10:00:01" level=info api_key="${key}" client_ip="192.0.2.8" method=GET path=/a prefix=access-log status=${status} user_agent="${agent}"`;

const forgeries: readonly Forgery[] = [
  { format: 'envoy', known: envoyLine, forged: { ...envoyLine, response_code: 401 } },
  {
    format: 'envoy',
    known: { ...envoyLine, jwt_iss: '-', jwt_sub: '-', jwt_azp: '-', client_id: 'victim' },
    forged: {
      ...envoyLine,
      jwt_iss: '-',
      jwt_sub: '-',
      jwt_azp: '-',
      client_id: 'victim',
      response_code: 403,
    },
  },
  {
    format: 'envoy-ai-gateway',
    known: { ...envoyLine, 'gen_ai.request.model': 'm' },
    forged: { ...envoyLine, 'gen_ai.request.model': 'm', response_code: 401 },
  },
  {
    format: 'higress',
    known: { ...envoyLine, jwt_sub: '-', jwt_azp: '-', x_mse_consumer: 'victim', ai_log: '{}' },
    forged: {
      ...envoyLine,
      jwt_sub: '-',
      jwt_azp: '-',
      x_mse_consumer: 'victim',
      ai_log: '{}',
      response_code: 401,
    },
  },
  {
    format: 'nginx',
    known: { ...nginxLine, credential_id: undefined, jwt_sub: 'victim' },
    forged: { ...nginxLine, credential_id: undefined, jwt_sub: 'victim', status: '401' },
  },
  {
    format: 'nginx',
    known: { ...nginxLine, credential_id: undefined, client_id: 'victim' },
    forged: { ...nginxLine, credential_id: undefined, client_id: 'victim', status: '403' },
  },
  {
    format: 'nginx',
    known: { ...nginxLine, credential_id: undefined, remote_user: 'victim' },
    forged: { ...nginxLine, credential_id: undefined, remote_user: 'victim', status: '401' },
  },
  { format: 'nginx-combined', known: clf('victim', 200), forged: clf('victim', 401) },
  {
    format: 'traefik-clf',
    known: `${clf('victim', 200)} 7 "r@file" "http://10.0.0.1" 1ms`,
    forged: `${clf('victim', 401)} 7 "r@file" "http://10.0.0.1" 1ms`,
  },
  {
    format: 'kong',
    known: kongLine,
    forged: {
      ...kongBare,
      request: {
        ...kongLine.request,
        headers: headers({
          'x-consumer-id': 'consumer-9',
          'x-consumer-username': 'billing',
          'x-credential-identifier': kongLine.authenticated_entity.id,
          authorization: bearer,
        }),
      },
      response: { status: 401, headers: {} },
    },
  },
  {
    format: 'apisix',
    known: { ...apisixLine, consumer: { username: 'victim-app' } },
    forged: apisixLine,
  },
  {
    format: 'apisix',
    known: apisixOwn,
    forged: { ...apisixOwn, consumer_id: '' },
  },
  { format: 'traefik', known: traefikLine, forged: { ...traefikLine, DownstreamStatus: 403 } },
  { format: 'cloudflare', known: cloudflareLine, forged: { ...cloudflareLine, EdgeResponseStatus: 403 } },
  { format: 'caddy', known: caddyLine, forged: { ...caddyLine, user_id: '', status: 401 } },
  { format: 'caddy', known: caddyLine, forged: { ...caddyLine, status: 401 } },
  { format: 'caddy-text', known: caddyText('victim', 200), forged: caddyText('', 401) },
  { format: 'aws-api-gateway-text', known: awsCsv('AIDAVICTIM', '/a'), forged: awsCsv('-', '/AIDAVICTIM') },
  { format: 'haproxy', known: haproxyLine, forged: { ...haproxyLine, status_code: 401 } },
  {
    format: 'aws-api-gateway',
    known: { ...awsLine, jwtSub: 'victim' },
    forged: { ...awsLine, jwtSub: 'victim', status: '401' },
  },
  {
    format: 'azure-apim',
    known: azureLine,
    forged: {
      ...azureLine,
      properties: {
        method: 'GET',
        url: 'https://a/b?subscription-key=victim',
        responseCode: 401,
        requestHeaders: { 'Ocp-Apim-Subscription-Key': 'victim' },
      },
    },
  },
  {
    format: 'apigee',
    known: apigeeLine,
    forged: { ...apigeeLine, clientId: '', accessToken: bearer.slice(7), proxyResponseCode: '401' },
  },
  { format: 'ecs', known: ecsLine, forged: { ...ecsLine, http: { response: { status_code: 401 } } } },
  { format: 'otel', known: otelLine, forged: { ...otelLine, 'http.response.status_code': 401 } },
  { format: 'ocsf', known: ocsfLine, forged: { ...ocsfLine, http_response: { code: 401 } } },
  {
    format: 'ocsf',
    known: { ...ocsfLine, actor: { user: { uid: 'arn:x/eve', credential_uid: 'ASIAEXAMPLE000000001' } } },
    forged: {
      ...ocsfLine,
      actor: { user: { uid: 'arn:x/eve', credential_uid: 'ASIAEXAMPLE000000001' } },
      http_response: { code: 401 },
    },
  },
  {
    format: 'gravitee',
    known: graviteeLine,
    forged: {
      ...graviteeLine,
      applicationId: '1',
      subscriptionId: undefined,
      securityToken: 'victim',
      status: 401,
    },
  },
  { format: 'krakend', known: krakendLine, forged: { ...krakendLine, status_code: 401 } },
  {
    format: 'litellm',
    known: litellmLine,
    forged: { ...litellmLine, status: 'failure', error_information: { error_code: '401' }, metadata: {} },
  },
  { format: 'tyk', known: tykLine, forged: { ...tykLine, api_key: '00000000', response_code: 401 } },
  { format: 'tyk-access', known: tykAccess, forged: { ...tykAccess, api_key: '--', status: 401 } },
  {
    format: 'tyk-access-text',
    known: tykText('a'.repeat(64), 200, 'curl'),
    forged: tykText('--', 401, `x\\" api_key=${'a'.repeat(64)} y=\\"`),
  },
  {
    format: 'wso2',
    known: wso2Line,
    forged: {
      ...wso2Line,
      applicationId: 'UNKNOWN',
      proxyResponseCode: 401,
      errorType: 'AUTH',
      properties: { jwt_jti: 'j-1' },
    },
  },
  { format: 'agentgateway', known: agentgatewayLine, forged: { ...agentgatewayLine, 'http.status': 401 } },
  { format: 'agentgateway-text', known: agentText(200), forged: agentText(401) },
  { format: 'aliases', known: aliasLine, forged: { ...aliasLine, status: 401 } },
  {
    format: 'cloudtrail',
    known: cloudtrailLine,
    forged: { ...cloudtrailLine, errorCode: 'SignatureDoesNotMatch' },
  },
  {
    format: 'cloudtrail',
    known: {
      ...cloudtrailLine,
      eventName: 'ConsoleLogin',
      userIdentity: { type: 'IAMUser', principalId: 'AIDAEXAMPLE', userName: 'eve' },
      responseElements: { ConsoleLogin: 'Success' },
    },
    forged: {
      ...cloudtrailLine,
      eventName: 'ConsoleLogin',
      userIdentity: { type: 'IAMUser', principalId: 'AIDAEXAMPLE', userName: 'eve' },
      errorMessage: 'Failed authentication',
      responseElements: { ConsoleLogin: 'Failure' },
    },
  },
];

/** Nothing in their lines names a caller, or whoever writes them is trusted with the id itself. */
const nameNobody: Readonly<Record<string, string | object>> = {
  'krakend-text': ginLine(401, '/a | 200 | 1ms | 198.51.100.1 | GET /b'),
  canonical: canonicalLine,
  'aws-alb':
    'https 2026-01-05T10:00:00.250000Z app/lb/1 192.0.2.8:1 10.0.0.1:80 0.001 0.1 0.001 200 200 1 2 "GET https://a:443/b?user=victim HTTP/1.1" "curl X-Credential-Id: victim" - - arn "Root=1-victim" "a" "-" 0 2026-01-05T10:00:00.000000Z "forward" "-" "-" "10.0.0.1:80" "200" "-" "-"',
  'aws-elb':
    '2026-01-05T10:00:00.250000Z lb 192.0.2.8:1 10.0.0.1:80 0.001 0.1 0.001 200 200 1 2 "GET https://a:443/b HTTP/1.1" "203.0.113.5:7 [05/Jan/2026:10:00:00.250] f b/s 0/0/0/1/1 200 1" - -',
  'envoy-text':
    '[2026-01-05T10:00:00.250Z] "GET /a HTTP/1.1" 200 - 0 1 1 1 "192.0.2.8" "curl credential_id=victim" "r-1" "victim" "10.0.0.1:80"',
  'haproxy-text':
    '192.0.2.8:1 [05/Jan/2026:10:00:00.250] f b/s 0/0/0/1/1 200 1 - - ---- 1/1/1/1/0 0/0 {victim} "GET /a HTTP/1.1"',
};

describe('what a caller writes names nobody else', () => {
  it.each(forgeries)('$format: $forged', ({ format, known, forged }) => {
    const victim = one(known);
    const caller = one(forged);
    expect(victim.gatewayType).toBe(format);
    expect(caller.gatewayType).toBe(format);
    expect(victim.credentialType).not.toBe('anonymous');
    expect(caller.credentialId).not.toBe(victim.credentialId);
    expect(caller.credentialId).toMatch(/^(unverified|anon|key|token):/);
    if (caller.tokenId !== null && caller.tokenId === victim.tokenId) expect(caller.tokenId).toBe('none');
    if (caller.credentialId.startsWith('unverified:') && caller.credentialName !== null)
      expect(caller.credentialName).toMatch(/ \(only claimed\)$/);
  });

  it.each(Object.entries(nameNobody))('%s: nothing a caller writes is taken for an id', (format, line) => {
    const [event] = decode(typeof line === 'string' ? line : { ...line }).events;
    expect(event?.gatewayType).toBe(format);
    if (format !== 'canonical') expect(event?.credentialId).toBe('anon:192.0.2.8');
  });

  it('no line has the signatures of two formats, so that it counts nothing which came before it', () => {
    const lines = [
      ...forgeries.flatMap(({ known, forged }) => [known, forged]),
      ...Object.values(nameNobody),
      ...gatewayLines,
    ];
    for (const line of lines) {
      const bytes = Buffer.from(typeof line === 'string' ? line : JSON.stringify(line));
      for (const { json, text } of unwrap(bytes, limits).lines) {
        const fits = formats.filter(
          ({ shape, isLastResort, matches }) =>
            shape === (json === null ? 'text' : 'json') && isLastResort !== true && matches(json ?? {}, text),
        );
        expect(fits.length, `${fits.map(({ id }) => id)} for ${bytes}`).toBeLessThanOrEqual(1);
      }
    }
  });

  it('every format that reads calls is asked this', () => {
    const asked = new Set([...forgeries.map(({ format }) => format), ...Object.keys(nameNobody)]);
    expect(formats.map(({ id }) => id).filter((id) => !asked.has(id) && id !== 'otel-log')).toEqual([]);
  });
});
