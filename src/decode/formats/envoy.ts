import type { Claims, Format, Reading } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';

/** Istio writes underscores, Envoy Gateway the header's own name: the first present wins. */
function first(line: JsonObject, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = line[name];
    if (value !== undefined && value !== null && value !== '-' && value !== '') return value;
  }
  return null;
}

function claimsOf(line: JsonObject): Claims | null {
  const sub = text(line['jwt_sub']);
  const client = text(first(line, 'jwt_azp', 'jwt_client_id'));
  if (sub === null && client === null) return null;
  return {
    iss: text(line['jwt_iss']),
    sub,
    azp: client,
    aud: listOf(line['jwt_aud']),
    jti: text(line['jwt_jti']),
    exp: line['jwt_exp'],
    iat: line['jwt_iat'],
    scope: listOf(first(line, 'jwt_scope', 'jwt_scp')),
    kid: text(line['jwt_kid']),
    alg: text(line['jwt_alg']),
    sid: text(line['jwt_sid']),
    cnf: { jkt: text(line['jwt_cnf_jkt']), 'x5t#S256': text(line['jwt_cnf_x5t_s256']) },
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
  const flags = text(line['response_flags']);
  const code = status(line['response_code']);
  const clientId = text(line['client_id']);
  return {
    time: first(line, 'start_time', '@timestamp', 'timestamp'),
    plain: {
      httpRequestId: text(first(line, 'request_id', 'x-request-id')),
      traceId: text(first(line, 'trace_id', 'traceId'), 64),
      gatewayName: text(first(line, 'gateway_name', 'node_id')),
      host: text(first(line, 'authority', ':authority', 'host')),
      requestBytes: amount(line['bytes_received']),
      responseBytes: amount(line['bytes_sent']),
      upstreamDurationMs: amount(first(line, 'upstream_service_time', 'x-envoy-upstream-service-time')),
      upstreamName: text(line['upstream_cluster']),
      errorType: flags ?? (code !== null && code >= 400 ? text(line['response_code_details']) : null),
      ja3: text(first(line, 'ja3', 'tls_ja3_fingerprint'), 64),
      ja4: text(first(line, 'ja4', 'tls_ja4_fingerprint'), 64),
      certSha256: text(first(line, 'tls_peer_sha256', 'downstream_peer_fingerprint_256'), 128),
      certSubject: text(first(line, 'tls_peer_subject', 'downstream_peer_subject')),
      certIssuer: text(first(line, 'tls_peer_issuer', 'downstream_peer_issuer')),
      certSerial: text(first(line, 'tls_peer_serial', 'downstream_peer_serial'), 128),
      tlsVersion: text(first(line, 'tls_version', 'downstream_tls_version'), 32),
      apiName: text(line['route_name']),
      proofId: text(line['dpop_jti']),
      presentedKey: text(first(line, 'dpop_jkt', 'tls_peer_x5t_s256')),
      genAiProvider: text(line['gen_ai.provider.name']),
      genAiModel: text(line['gen_ai.request.model']),
      genAiInputTokens: amount(line['gen_ai.usage.input_tokens']),
      genAiOutputTokens: amount(line['gen_ai.usage.output_tokens']),
      mcpMethod: text(line['mcp.method.name']),
      genAiToolName: text(first(line, 'mcp.tool.name', 'gen_ai.tool.name')),
    },
    client: text(line['downstream_remote_address'], 64),
    peer: text(first(line, 'downstream_direct_remote_address', 'downstream_peer_address'), 64),
    forwardedFor: text(first(line, 'x_forwarded_for', 'x-forwarded-for'), 1024),
    method: text(first(line, 'method', ':method'), 32),
    target: text(first(line, 'path', 'x-envoy-origin-path', ':path'), 8192),
    status: code,
    durationMs: amount(line['duration']),
    userAgent: text(first(line, 'user_agent', 'user-agent'), 512),
    credential: clientId === null ? null : { id: clientId, type: 'api_key', name: clientId, isSaid: true },
    claims: claimsOf(line),
    // jwt_authn fills its metadata after verifying, but can still refuse the audience.
    areClaimsVerified: text(line['response_code_details'])?.startsWith('jwt_authn') !== true,
    authorization: text(first(line, 'authorization', 'req_authorization'), 16_384),
    apiKey: text(first(line, 'x_api_key', 'x-api-key', 'apikey'), 4096),
    cookie: text(line['cookie'], 4096),
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
    (line['response_flags'] !== undefined || line['upstream_cluster'] !== undefined),
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
