import type { Claims, Format, GatewayCredential, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { pick } from './fields.ts';

/** The console's names and the dotted ones of $context, which some log as they are. */
function field(line: JsonObject, name: string, dotted: string): unknown {
  return pick(line, name, dotted, `context.${dotted}`, `$context.${dotted}`);
}

function credentialOf(line: JsonObject): GatewayCredential | null {
  const key = text(field(line, 'apiKeyId', 'identity.apiKeyId'));
  if (key !== null) return { id: key, type: 'api_key' };
  const arn = text(pick(line, 'userArn', 'identity.userArn', 'identity.caller', 'caller'));
  if (arn !== null) return { id: arn, type: 'cloud_access_key' };
  const principal = text(field(line, 'principalId', 'authorizer.principalId'));
  return principal === null ? null : { id: `principal:${principal}`, type: 'unknown' };
}

function claimsOf(line: JsonObject): Claims | null {
  const claim = (name: string, own: string) => field(line, own, `authorizer.claims.${name}`);
  const sub = text(claim('sub', 'jwtSub'));
  const client = text(claim('client_id', 'jwtClientId'));
  if (sub === null && client === null) return null;
  return {
    sub,
    client_id: client,
    iss: claim('iss', 'jwtIss'),
    jti: claim('jti', 'jwtJti'),
    scope: claim('scope', 'jwtScope'),
    aud: claim('aud', 'jwtAud'),
    exp: claim('exp', 'jwtExp'),
  };
}

function read(line: JsonObject): Reading {
  const routeKey = text(line['routeKey'], 512);
  const blank = routeKey === null ? -1 : routeKey.indexOf(' ');
  const route = text(line['resourcePath'], 512) ?? (blank < 0 ? null : (routeKey as string).slice(blank + 1));
  return {
    time: pick(line, 'requestTimeEpoch', 'requestTime', '@timestamp'),
    plain: {
      httpRequestId: text(line['requestId']),
      host: text(line['domainName']),
      organizationId: text(pick(line, 'accountId', 'identity.accountId')),
      apiId: text(line['apiId']),
      apiName: text(line['stage']),
      responseBytes: amount(line['responseLength']),
      upstreamDurationMs: amount(pick(line, 'integrationLatency', 'integration.latency')),
      errorType: text(pick(line, 'errorType', 'error.responseType', 'authError', 'authorizer.error')),
      userId: text(pick(line, 'user', 'identity.user')),
      certSerial: text(field(line, 'certSerial', 'identity.clientCert.serialNumber'), 128),
      certSubject: text(field(line, 'certSubject', 'identity.clientCert.subjectDN')),
    },
    client: text(pick(line, 'ip', 'sourceIp', 'identity.sourceIp'), 64),
    forwardedFor: text(pick(line, 'xForwardedFor', 'xff'), 1024),
    method: text(line['httpMethod'], 32) ?? (blank < 0 ? null : (routeKey as string).slice(0, blank)),
    target: text(line['path'], 8192) ?? route,
    route,
    status: status(line['status']),
    durationMs: amount(line['responseLatency']),
    userAgent: text(pick(line, 'userAgent', 'identity.userAgent'), 512),
    credential: credentialOf(line),
    claims: claimsOf(line),
    // The authorizer fills its claims only for a token it has verified.
    areClaimsVerified: true,
    apiKey: text(field(line, 'apiKey', 'identity.apiKey'), 4096),
  };
}

export const awsApiGateway: Format = {
  id: 'aws-api-gateway',
  title: 'AWS API Gateway (REST and HTTP APIs)',
  shape: 'json',
  matches: (line) =>
    line['requestId'] !== undefined &&
    line['status'] !== undefined &&
    (line['httpMethod'] !== undefined ||
      line['resourcePath'] !== undefined ||
      line['routeKey'] !== undefined),
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
