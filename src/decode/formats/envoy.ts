import type { Claims, Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { type Found, reader } from './named.ts';

/** What only the gateways for models and tools on top of Envoy log. */
const aiNames = [
  'gen_ai.request.model',
  'gen_ai.provider.name',
  'gen_ai.usage.input_tokens',
  'mcp.method.name',
  'mcp.session.id',
];

export function isAiLine(line: JsonObject): boolean {
  return aiNames.some((name) => line[name] !== undefined);
}

/** Istio writes underscores, Envoy Gateway the header's own name. */
const names = {
  time: ['start_time', '@timestamp', 'timestamp'],
  requestId: ['request_id', 'x-request-id'],
  trace: ['trace_id', 'traceId'],
  gateway: ['gateway_name', 'node_id'],
  authority: ['authority', ':authority', 'host'],
  received: ['bytes_received'],
  sent: ['bytes_sent'],
  upstreamMs: ['upstream_service_time', 'x-envoy-upstream-service-time'],
  upstream: ['upstream_cluster'],
  flags: ['response_flags'],
  code: ['response_code'],
  codeDetails: ['response_code_details'],
  ja3: ['ja3', 'tls_ja3_fingerprint'],
  ja4: ['ja4', 'tls_ja4_fingerprint'],
  certSha256: ['tls_peer_sha256', 'downstream_peer_fingerprint_256'],
  certSubject: ['tls_peer_subject', 'downstream_peer_subject'],
  certIssuer: ['tls_peer_issuer', 'downstream_peer_issuer'],
  certSerial: ['tls_peer_serial', 'downstream_peer_serial'],
  tlsVersion: ['tls_version', 'downstream_tls_version'],
  routeName: ['route_name'],
  proof: ['dpop_jti'],
  presentedKey: ['dpop_jkt', 'tls_peer_x5t_s256'],
  provider: ['gen_ai.provider.name'],
  model: ['gen_ai.request.model'],
  inputTokens: ['gen_ai.usage.input_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens'],
  mcpMethod: ['mcp.method.name'],
  tool: ['mcp.tool.name', 'gen_ai.tool.name'],
  remote: ['downstream_remote_address'],
  peer: ['downstream_direct_remote_address', 'downstream_peer_address'],
  forwardedFor: ['x_forwarded_for', 'x-forwarded-for'],
  method: ['method', ':method'],
  path: ['path', 'x-envoy-origin-path', ':path'],
  duration: ['duration'],
  agent: ['user_agent', 'user-agent'],
  clientId: ['client_id'],
  authorization: ['authorization', 'req_authorization'],
  apiKey: ['x_api_key', 'x-api-key', 'apikey'],
  cookie: ['cookie'],
  sub: ['jwt_sub'],
  azp: ['jwt_azp', 'jwt_client_id'],
  iss: ['jwt_iss'],
  aud: ['jwt_aud'],
  jti: ['jwt_jti'],
  exp: ['jwt_exp'],
  iat: ['jwt_iat'],
  scope: ['jwt_scope', 'jwt_scp'],
  kid: ['jwt_kid'],
  alg: ['jwt_alg'],
  sid: ['jwt_sid'],
  jkt: ['jwt_cnf_jkt'],
  x5t: ['jwt_cnf_x5t_s256'],
} as const;

const find = reader(names);

function claimsOf(found: Found<typeof names>): Claims | null {
  const sub = text(found.sub);
  const azp = text(found.azp);
  if (sub === null && azp === null) return null;
  return {
    iss: text(found.iss),
    sub,
    azp,
    aud: listOf(found.aud),
    jti: text(found.jti),
    exp: found.exp,
    iat: found.iat,
    scope: listOf(found.scope),
    kid: text(found.kid),
    alg: text(found.alg),
    sid: text(found.sid),
    cnf: { jkt: text(found.jkt), 'x5t#S256': text(found.x5t) },
  };
}

/** Metadata lists are logged as JSON text: ["orders.read","orders.write"]. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  return value
    .slice(1, -1)
    .replaceAll('"', '')
    .split(',')
    .map((part) => part.trim());
}

function read(line: JsonObject): Reading {
  const found = find(line);
  const code = status(found.code);
  const clientId = text(found.clientId);
  const details = text(found.codeDetails);
  return {
    time: found.time,
    plain: {
      httpRequestId: text(found.requestId),
      traceId: text(found.trace, 64),
      gatewayName: text(found.gateway),
      host: text(found.authority),
      requestBytes: amount(found.received),
      responseBytes: amount(found.sent),
      upstreamDurationMs: amount(found.upstreamMs),
      upstreamName: text(found.upstream),
      errorType: text(found.flags) ?? (code !== null && code >= 400 ? details : null),
      ja3: text(found.ja3, 64),
      ja4: text(found.ja4, 64),
      certSha256: text(found.certSha256, 128),
      certSubject: text(found.certSubject),
      certIssuer: text(found.certIssuer),
      certSerial: text(found.certSerial, 128),
      tlsVersion: text(found.tlsVersion, 32),
      apiName: text(found.routeName),
      proofId: text(found.proof),
      presentedKey: text(found.presentedKey),
      genAiProvider: text(found.provider),
      genAiModel: text(found.model),
      genAiInputTokens: amount(found.inputTokens),
      genAiOutputTokens: amount(found.outputTokens),
      mcpMethod: text(found.mcpMethod),
      genAiToolName: text(found.tool),
    },
    client: text(found.remote, 64),
    peer: text(found.peer, 64),
    forwardedFor: text(found.forwardedFor, 1024),
    method: text(found.method, 32),
    target: text(found.path, 8192),
    status: code,
    durationMs: amount(found.duration),
    userAgent: text(found.agent, 512),
    credential: clientId === null ? null : { id: clientId, type: 'api_key', name: clientId, isSaid: true },
    claims: claimsOf(found),
    // jwt_authn fills its metadata after verifying, but can still refuse the audience.
    areClaimsVerified: details?.startsWith('jwt_authn') !== true,
    authorization: text(found.authorization, 16_384),
    apiKey: text(found.apiKey, 4096),
    cookie: text(found.cookie, 4096),
  };
}

export const envoySnippet: Format['snippet'] = {
  language: 'yaml',
  text: `json_format:
  start_time: "%START_TIME%"
  method: "%REQ(:METHOD)%"
  path: "%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%"
  authority: "%REQ(:AUTHORITY)%"
  response_code: "%RESPONSE_CODE%"
  response_flags: "%RESPONSE_FLAGS%"
  bytes_received: "%BYTES_RECEIVED%"
  bytes_sent: "%BYTES_SENT%"
  duration: "%DURATION%"
  request_id: "%REQ(X-REQUEST-ID)%"
  user_agent: "%REQ(USER-AGENT)%"
  x_forwarded_for: "%REQ(X-FORWARDED-FOR)%"
  downstream_remote_address: "%DOWNSTREAM_REMOTE_ADDRESS%"
  jwt_iss: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:iss)%"
  jwt_sub: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:sub)%"
  jwt_azp: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:azp)%"
  jwt_jti: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:jti)%"
  jwt_aud: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:aud)%"
  jwt_scope: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:scope)%"
  jwt_exp: "%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:payload:exp)%"
  client_id: "%REQ(X-CLIENT-ID)%"
  tls_peer_sha256: "%DOWNSTREAM_PEER_FINGERPRINT_256%"
  ja4: "%TLS_JA4_FINGERPRINT%"`,
};

export const envoy: Format = {
  id: 'envoy',
  title: 'Envoy, Istio, Envoy Gateway, Contour, kgateway (JSON)',
  shape: 'json',
  matches: (line) =>
    line['response_code'] !== undefined &&
    (line['response_flags'] !== undefined || line['upstream_cluster'] !== undefined) &&
    line['ai_log'] === undefined &&
    !isAiLine(line),
  read,
  pitfalls: [
    'No credential is logged by default: add the jwt_* or client_id keys.',
    'A mesh logs every call at both sidecars with the same request id: ship the gateway workload only.',
    'Without typed JSON all values are strings and missing ones are "-".',
    'JA3 and JA4 need tls_inspector with fingerprinting on, and are missing when TLS ends before Envoy.',
  ],
  snippet: envoySnippet,
  yields: {
    byDefault: [
      'timestampMs',
      'method',
      'path',
      'status',
      'responseBytes',
      'durationMs',
      'userAgent',
      'clientAddress',
      'httpRequestId',
    ],
    withSnippet: [
      'credentialId',
      'tokenId',
      'tokenIssuer',
      'tokenAudience',
      'tokenScopes',
      'tokenExpiresAtMs',
      'ja4',
      'certSha256',
    ],
  },
  verified: 'lines of Envoy Gateway and Istio; Envoy 1.40 run for real in the integration tests',
};
