import type { Claims, Format, GatewayCredential, Reading } from '../format.ts';
import { amount, isMissing, type JsonObject, status, text } from '../text.ts';
import { reader } from './named.ts';

const identity = (name: string) => [
  `identity.${name}`,
  `context.identity.${name}`,
  `$context.identity.${name}`,
];
const authorizer = (name: string) => [
  `authorizer.${name}`,
  `context.authorizer.${name}`,
  `$context.authorizer.${name}`,
];
const claim = (name: string, ...own: readonly string[]) => [
  ...own,
  ...authorizer(`claims.${name}`),
  ...authorizer(`jwt.claims.${name}`),
  `claims.${name}`,
  `jwt_${name}`,
  `claims_${name}`,
];

/** The console's names, those of $context that some log as they are, dotted or nested, and both in snake case. */
const find = reader({
  time: [
    'requestTimeEpoch',
    'requestTime',
    '$context.requestTimeEpoch',
    '$context.requestTime',
    'request_time_epoch',
    'request_time',
    '@timestamp',
  ],
  requestId: ['requestId', 'request_id'],
  host: ['domainName', 'domain_name'],
  account: ['accountId', 'account_id', ...identity('accountId')],
  apiId: ['apiId', 'api_id'],
  stage: ['stage'],
  responseBytes: ['responseLength', 'response_length'],
  upstreamMs: ['integrationLatency', 'integration.latency', 'integration_latency'],
  error: [
    'errorType',
    'error.responseType',
    'error_response_type',
    'authError',
    'authorizerError',
    ...authorizer('error'),
  ],
  user: ['user', ...identity('user')],
  certSerial: ['certSerial', ...identity('clientCert.serialNumber')],
  certSubject: ['certSubject', ...identity('clientCert.subjectDN')],
  certIssuer: ['certIssuer', ...identity('clientCert.issuerDN')],
  client: ['ip', 'sourceIp', 'source_ip', ...identity('sourceIp')],
  forwarded: ['xForwardedFor', 'xff', 'x_forwarded_for'],
  method: ['httpMethod', 'http_method'],
  path: ['path'],
  resource: ['resourcePath', 'resource_path'],
  routeKey: ['routeKey', 'route_key'],
  status: ['status'],
  ms: ['responseLatency', 'response_latency'],
  agent: ['userAgent', 'user_agent', ...identity('userAgent')],
  keyId: ['apiKeyId', 'api_key_id', ...identity('apiKeyId')],
  arn: ['userArn', 'user_arn', ...identity('userArn'), 'caller', ...identity('caller')],
  principal: ['principalId', 'principal_id', ...authorizer('principalId')],
  apiKey: ['apiKey', ...identity('apiKey')],
  sub: claim('sub', 'jwtSub', 'sub'),
  clientId: claim('client_id', 'jwtClientId', 'clientId', 'client_id'),
  iss: claim('iss', 'jwtIss', 'iss'),
  jti: claim('jti', 'jwtJti', 'jti'),
  scope: claim('scope', 'jwtScope', 'scope'),
  aud: claim('aud', 'jwtAud', 'aud'),
  exp: claim('exp', 'jwtExp', 'exp'),
});

type Named = ReturnType<typeof find>;

function credentialOf(found: Named): GatewayCredential | null {
  const key = text(found.keyId);
  if (key !== null) return { id: key, type: 'api_key' };
  const arn = text(found.arn);
  if (arn !== null) return { id: arn, type: 'cloud_access_key' };
  const principal = text(found.principal);
  return principal === null ? null : { id: `principal:${principal}`, type: 'unknown' };
}

function claimsOf(found: Named): Claims | null {
  const sub = text(found.sub);
  const client = text(found.clientId);
  if (sub === null && client === null) return null;
  const { iss, jti, scope, aud, exp } = found;
  return { sub, client_id: client, iss, jti, scope, aud, exp };
}

/** `GET /orders/{id}` of an HTTP API, `$connect` or a name of one's own of a WebSocket API. */
function routeOf(found: Named): { readonly method: string | null; readonly route: string | null } {
  const method = text(found.method, 32);
  const resource = text(found.resource, 512);
  if (resource !== null) return { method, route: resource };
  const key = text(found.routeKey, 512);
  const blank = key === null ? -1 : key.indexOf(' ');
  if (key !== null && blank >= 0)
    return { method: method ?? key.slice(0, blank), route: key.slice(blank + 1) };
  // What no route was found for goes to the default one: its path says more.
  return { method, route: key === '$default' && !isMissing(found.path) ? null : key };
}

function read(line: JsonObject): Reading {
  const found = find(line);
  const { method, route } = routeOf(found);
  return {
    time: found.time,
    plain: {
      httpRequestId: text(found.requestId),
      host: text(found.host),
      organizationId: text(found.account),
      apiId: text(found.apiId),
      apiName: text(found.stage),
      responseBytes: amount(found.responseBytes),
      upstreamDurationMs: amount(found.upstreamMs),
      errorType: text(found.error),
      userId: text(found.user),
      certSerial: text(found.certSerial, 128),
      certSubject: text(found.certSubject),
      certIssuer: text(found.certIssuer),
    },
    client: text(found.client, 64),
    forwardedFor: text(found.forwarded, 1024),
    method,
    target: text(found.path, 8192) ?? (route?.startsWith('/') === true ? route : null),
    route,
    status: status(found.status),
    durationMs: amount(found.ms),
    userAgent: text(found.agent, 512),
    credential: credentialOf(found),
    claims: claimsOf(found),
    // The authorizer fills its claims only for a token it has verified.
    areClaimsVerified: true,
    apiKey: text(found.apiKey, 4096),
  };
}

export const awsApiGateway: Format = {
  id: 'aws-api-gateway',
  title: 'AWS API Gateway (REST and HTTP APIs)',
  shape: 'json',
  matches: (line) =>
    line['status'] !== undefined &&
    ((line['requestId'] !== undefined &&
      (line['httpMethod'] !== undefined ||
        line['resourcePath'] !== undefined ||
        line['routeKey'] !== undefined)) ||
      (line['request_id'] !== undefined &&
        (line['resource_path'] !== undefined || line['route_key'] !== undefined))),
  read,
  pitfalls: [
    '$context.identity.apiKey is the key itself; log apiKeyId. A raw one is hashed on arrival.',
    'Claims must be named one by one: the whole map logs nothing.',
    'requestTime has whole seconds: log requestTimeEpoch. All values are texts, and "-" is none.',
    'sourceIp is CloudFront or the proxy where one stands in front.',
  ],
  snippet: {
    language: 'json',
    text: '{"requestId":"$context.requestId","requestTimeEpoch":"$context.requestTimeEpoch","ip":"$context.identity.sourceIp","httpMethod":"$context.httpMethod","path":"$context.path","resourcePath":"$context.resourcePath","routeKey":"$context.routeKey","status":"$context.status","responseLength":"$context.responseLength","responseLatency":"$context.responseLatency","integrationLatency":"$context.integrationLatency","userAgent":"$context.identity.userAgent","domainName":"$context.domainName","apiId":"$context.apiId","stage":"$context.stage","apiKeyId":"$context.identity.apiKeyId","principalId":"$context.authorizer.principalId","jwtSub":"$context.authorizer.claims.sub","jwtClientId":"$context.authorizer.claims.client_id","jwtJti":"$context.authorizer.claims.jti","jwtIss":"$context.authorizer.claims.iss","jwtScope":"$context.authorizer.claims.scope","certSerial":"$context.identity.clientCert.serialNumber","authError":"$context.authorizer.error","errorType":"$context.error.responseType"}',
  },
  yields: {
    byDefault: [
      'timestampMs',
      'method',
      'path',
      'route',
      'status',
      'responseBytes',
      'clientAddress',
      'httpRequestId',
    ],
    withSnippet: [
      'credentialId',
      'tokenId',
      'tokenIssuer',
      'tokenScopes',
      'durationMs',
      'userAgent',
      'certSerial',
    ],
  },
  verified: "fixtures after the console's format and the documentation of $context, both styles",
};
