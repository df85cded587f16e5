import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import type { Claims, FilledReading, Format, GatewayCredential, ReadResult } from '../format.ts';
import { Recent } from '../recent.ts';
import { sweep } from '../redact.ts';
import { amount, first, type JsonObject, status, text } from '../text.ts';
import { completed } from './completed.ts';
import { ordinary } from './fields.ts';
import { type Found, reader } from './named.ts';

/** Has what only the gateways for models and tools on top of Envoy log. */
export function isAiLine(line: JsonObject): boolean {
  return (
    line['gen_ai.request.model'] !== undefined ||
    line['gen_ai.provider.name'] !== undefined ||
    line['gen_ai.usage.input_tokens'] !== undefined ||
    line['mcp.method.name'] !== undefined ||
    line['mcp.session.id'] !== undefined
  );
}

/** Metadata of AI gateways: names with dots may be written as objects within objects. */
const aiNames = {
  provider: ['gen_ai.provider.name'],
  model: ['gen_ai.request.model'],
  inputTokens: ['gen_ai.usage.input_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens'],
  mcpMethod: ['mcp.method.name'],
  tool: ['mcp.tool.name', 'gen_ai.tool.name'],
} as const;
const findAi = reader(aiNames);
const noAi: Found<typeof aiNames> = {
  provider: null,
  model: null,
  inputTokens: null,
  outputTokens: null,
  mcpMethod: null,
  tool: null,
};

/** All other lines need not be walked for them. */
function aiOf(line: JsonObject): Found<typeof aiNames> {
  const isOfAi =
    line['gen_ai'] !== undefined ||
    line['gen_ai.provider'] !== undefined ||
    line['gen_ai.provider.name'] !== undefined ||
    line['gen_ai.request'] !== undefined ||
    line['gen_ai.request.model'] !== undefined ||
    line['gen_ai.usage'] !== undefined ||
    line['gen_ai.usage.input_tokens'] !== undefined ||
    line['gen_ai.usage.output_tokens'] !== undefined ||
    line['gen_ai.tool'] !== undefined ||
    line['gen_ai.tool.name'] !== undefined ||
    line['mcp'] !== undefined ||
    line['mcp.method'] !== undefined ||
    line['mcp.method.name'] !== undefined ||
    line['mcp.tool'] !== undefined ||
    line['mcp.tool.name'] !== undefined;
  return isOfAi ? findAi(line) : noAi;
}

function claimsOf(line: JsonObject): Claims | null {
  const sub = text(line['jwt_sub']);
  const azp = text(first(line['jwt_azp'], line['jwt_client_id']));
  if (sub === null && azp === null) return null;
  return {
    iss: text(line['jwt_iss']),
    sub,
    azp,
    aud: listOf(line['jwt_aud']),
    jti: text(line['jwt_jti']),
    exp: line['jwt_exp'],
    iat: line['jwt_iat'],
    scope: listOf(first(line['jwt_scope'], line['jwt_scp'])),
    kid: text(line['jwt_kid']),
    alg: text(line['jwt_alg']),
    sid: text(line['jwt_sid']),
    cnf: { jkt: text(line['jwt_cnf_jkt']), 'x5t#S256': text(line['jwt_cnf_x5t_s256']) },
  };
}

/** Metadata lists are logged as JSON text: ["orders.read","orders.write"]. */
function listOf(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith('[')) return value;
  const known = knownLists.get(value);
  if (known !== undefined) return known;
  const list = value
    .slice(1, -1)
    .replaceAll('"', '')
    .split(',')
    .map((part) => part.trim())
    // What lay on both sides of a quote was not looked at as one word.
    .map((part) => (value.includes(part) ? part : sweep(part).text));
  if (value.length <= longestKnownList) knownLists.set(value, list);
  return list;
}

/** Rights and audiences of an API are few, and come again with every call. */
const knownLists = new Recent<readonly string[]>(1024);
const longestKnownList = 1024;

/** A workload's certificate is replaced every few hours; what it proves (SPIFFE) stays. */
function workloadOf(line: JsonObject): GatewayCredential | null {
  const given = line['downstream_peer_uri_san'] ?? line['tls_peer_uri_san'];
  if (given === undefined) return null;
  const workload = text(given);
  return workload === null ? null : { id: workload, type: 'mtls_cert', name: workload };
}

export function readEnvoy(line: JsonObject): FilledReading {
  const ai = aiOf(line);
  const code = status(line['response_code']);
  const clientId = text(line['client_id']);
  const details = text(line['response_code_details']);
  const event = emptyUsageEvent();
  event.httpRequestId = text(first(line['request_id'], line['x-request-id']));
  event.traceId = text(first(line['trace_id'], line['traceId']), 64);
  event.gatewayName = text(first(line['gateway_name'], line['node_id']));
  event.host = text(first(line['authority'], line[':authority'], line['host']));
  event.requestBytes = amount(line['bytes_received']);
  event.responseBytes = amount(line['bytes_sent']);
  event.upstreamDurationMs = amount(
    first(
      line['upstream_service_time'],
      line['x-envoy-upstream-service-time'],
      line['resp_backend_service_time'],
      line['resp_upstream_service_time'],
      line['target_duration'],
    ),
  );
  event.upstreamName = text(first(line['upstream_cluster'], line['backendCluster'], line['upstreamCluster']));
  event.errorType = text(line['response_flags']) ?? (code !== null && code >= 400 ? details : null);
  event.ja3 = text(first(line['ja3'], line['tls_ja3_fingerprint']), 64);
  event.ja4 = text(first(line['ja4'], line['tls_ja4_fingerprint']), 64);
  event.certSha256 = text(first(line['tls_peer_sha256'], line['downstream_peer_fingerprint_256']), 128);
  event.certSubject = text(first(line['tls_peer_subject'], line['downstream_peer_subject']));
  event.certIssuer = text(first(line['tls_peer_issuer'], line['downstream_peer_issuer']));
  event.certSerial = text(first(line['tls_peer_serial'], line['downstream_peer_serial']), 128);
  event.tlsVersion = text(first(line['tls_version'], line['downstream_tls_version']), 32);
  event.apiName = text(line['route_name']);
  event.proofId = text(line['dpop_jti']);
  event.presentedKey = text(first(line['dpop_jkt'], line['tls_peer_x5t_s256']));
  event.genAiProvider = text(ai.provider);
  event.genAiModel = text(ai.model);
  event.genAiInputTokens = amount(ai.inputTokens);
  event.genAiOutputTokens = amount(ai.outputTokens);
  event.mcpMethod = text(ai.mcpMethod);
  event.genAiToolName = text(ai.tool);
  const forwardedFor = text(
    first(line['x_forwarded_for'], line['x-forwarded-for'], line['req_x_forwarded_for']),
    1024,
  );
  const reading: FilledReading = {
    time: first(line['start_time'], line['@timestamp'], line['timestamp']),
    event,
    client: text(line['downstream_remote_address'], 64) ?? nearest(forwardedFor),
    peer: text(first(line['downstream_direct_remote_address'], line['downstream_peer_address']), 64),
    forwardedFor,
    method: text(first(line['method'], line[':method']), 32),
    operation: text(
      first(line['graphql_operation'], line['graphql_operation_name'], line['graphql.operation.name']),
      128,
    ),
    target: text(
      first(line['path'], line['x-envoy-origin-path'], line['x-envoy-original-path'], line[':path']),
      8192,
    ),
    status: code,
    durationMs: amount(first(line['duration'], line['total_duration'], line['client_duration'])),
    userAgent: text(first(line['user_agent'], line['user-agent']), 512),
    credential:
      clientId === null ? workloadOf(line) : { id: clientId, type: 'api_key', name: clientId, isSaid: true },
    claims: claimsOf(line),
    // jwt_authn fills its metadata after verifying, but can still refuse the audience.
    areClaimsVerified: details?.startsWith('jwt_authn') !== true,
    authorization: text(first(line['authorization'], line['req_authorization']), 16_384),
    apiKey: text(first(line['x_api_key'], line['x-api-key'], line['apikey']), 4096),
    cookie: text(line['cookie'], 4096),
  };
  const { time, client, method, target } = reading;
  return time === null || client === null || method === null || target === null
    ? completed(reading, line)
    : reading;
}

/** What the snippet adds to any line of Envoy's. */
export const snippetYields: Format['yields']['withSnippet'] = [
  'credentialId',
  'tokenId',
  'tokenIssuer',
  'tokenAudience',
  'tokenScopes',
  'tokenExpiresAtMs',
  'ja4',
  'certSha256',
];

/** Without a downstream address in the line, the entry next to Envoy is the only one Envoy wrote itself. */
export function nearest(forwardedFor: string | null): string | null {
  if (forwardedFor === null) return null;
  return forwardedFor.slice(forwardedFor.lastIndexOf(',') + 1).trim();
}

/** Names in the style of `responseCode`: a habit of some operators' formats, and of some gateways' examples. */
function isCamelCased(line: JsonObject): boolean {
  return (
    line['responseCode'] !== undefined &&
    (line['responseFlags'] !== undefined ||
      line['upstreamCluster'] !== undefined ||
      line['downstreamRemoteAddress'] !== undefined)
  );
}

const mostKeys = 256;

/** `downstreamRemoteAddress` → `downstream_remote_address`, beside the names as they came. */
function snakeCased(line: JsonObject): JsonObject {
  const renamed = Object.keys(line)
    .slice(0, mostKeys)
    .map((key) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), line[key]] as const);
  return { ...line, ...Object.fromEntries(renamed) };
}

function read(line: JsonObject): ReadResult {
  const reading = readEnvoy(isCamelCased(line) ? snakeCased(line) : line);
  const { method, target, status: code } = reading;
  return isNothing(method) && isNothing(target) && isNothing(code) ? { skip: noRequest } : reading;
}

const isNothing = (value: unknown) => value === null || value === undefined;

/** Envoy logs connections too, where it forwards what is no HTTP. */
export const noRequest = 'a line about a connection without a request';

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
    ((line['response_code'] !== undefined &&
      (line['response_flags'] !== undefined ||
        line['upstream_cluster'] !== undefined ||
        line['downstream_remote_address'] !== undefined)) ||
      isCamelCased(line)) &&
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
    byDefault: [...ordinary, 'httpRequestId'],
    withSnippet: snippetYields,
  },
  verified: 'lines of Envoy Gateway and Istio; Envoy 1.40 run for real in the integration tests',
};
