import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import type { Claims, FilledReading, Format, GatewayCredential } from '../format.ts';
import { amount, first, type JsonObject, noObject, object, status, text } from '../text.ts';
import { ordinary } from './fields.ts';

/** A repeated header is an array, a single one a string; an empty Lua table an array. */
function header(headers: JsonObject, name: string, max = 256): string | null {
  const value = headers[name];
  return text(Array.isArray(value) ? value[0] : value, max);
}

function credentialOf(line: JsonObject, headers: JsonObject): GatewayCredential | null {
  const entity = object(line['authenticated_entity']);
  const consumer = object(line['consumer']);
  // This header and those of the consumer are Kong's own only where Kong authenticated somebody.
  const identifier = header(headers, 'x-credential-identifier');
  const isKnown = text(consumer['id']) !== null && !isAnonymous(line, headers);
  const id = text(entity['id']) ?? (isKnown ? identifier : null);
  return id === null ? null : { id, type: 'api_key', name: text(consumer['username']) ?? identifier };
}

/** Callers without a credential are given a consumer that stands for all of them; Kong marks them, and only them. */
function isAnonymous(line: JsonObject, headers: JsonObject): boolean {
  const mark = headers['x-anonymous-consumer'];
  return line['authenticated_entity'] === undefined && (mark === true || mark === 'true');
}

/** Claims that custom_fields_by_lua takes out of the token. */
function claimsOf(line: JsonObject): Claims | null {
  const sub = text(line['jwt_sub']);
  const azp = text(first(line['jwt_azp'], line['jwt_client_id']));
  if (sub === null && azp === null) return null;
  return {
    sub,
    azp,
    iss: line['jwt_iss'],
    jti: line['jwt_jti'],
    aud: line['jwt_aud'],
    exp: line['jwt_exp'],
    scope: line['jwt_scope'],
  };
}

function read(line: JsonObject): FilledReading {
  const request = object(line['request']);
  const response = object(line['response']);
  const headers = object(request['headers']);
  const latencies = object(line['latencies']);
  const consumer = isAnonymous(line, headers) ? {} : object(line['consumer']);
  const route = object(line['route']);
  const service = object(line['service']);
  const tls = object(request['tls']);
  const ai = firstAi(object(line['ai']));
  const usage = object(ai['usage']);
  const meta = object(ai['meta']);
  const mcp = object(object(line['ai'])['mcp']);
  const rpc = object(Array.isArray(mcp['rpc']) ? mcp['rpc'][0] : null);
  const code = status(response['status']) ?? status(line['status']);
  const event = emptyUsageEvent();
  event.httpRequestId =
    text(request['id']) ?? header(headers, 'x-request-id') ?? text(line['correlation_id']);
  event.traceId = text(object(line['trace_id'])['w3c'], 64) ?? text(line['trace_id'], 64);
  event.gatewayName = text(line['workspace_name']);
  event.organizationId = text(line['workspace']);
  event.host = header(headers, 'host');
  event.requestBytes = amount(request['size']);
  event.responseBytes = amount(response['size']);
  event.upstreamDurationMs = amount(latencies['proxy']);
  event.consumerId = text(consumer['id']) ?? text(object(line['authenticated_entity'])['consumer_id']);
  event.consumerName = text(consumer['username']) ?? text(consumer['custom_id']);
  event.apiId = text(service['id']);
  event.apiName = text(service['name']);
  event.upstreamName = text(service['host']);
  event.tlsVersion = text(tls['version'], 32);
  event.tokenId = text(line['jwt_jti']);
  event.genAiProvider = text(meta['provider_name']);
  event.genAiModel = text(first(meta['request_model'], meta['response_model']));
  event.genAiInputTokens = amount(first(usage['prompt_tokens'], usage['prompt_token']));
  event.genAiOutputTokens = amount(first(usage['completion_tokens'], usage['completion_token']));
  event.genAiCostUsd = amount(usage['cost']);
  event.mcpMethod = text(rpc['method']);
  event.genAiToolName = text(rpc['tool_name']);
  event.mcpSessionId = text(mcp['mcp_session_id']);
  const failed = text(rpc['error']);
  // JSON-RPC errors come with status 200.
  if (failed !== null) {
    event.outcome = 'failure';
    event.errorType = `mcp:${failed}`;
  }
  return {
    time: line['started_at'],
    event,
    client: text(line['client_ip'], 64),
    forwardedFor: header(headers, 'x-forwarded-for', 1024),
    method: text(request['method'], 32),
    target: text(request['uri'], 8192) ?? text(request['url'], 8192),
    route: text(route['name']) === null || !Array.isArray(route['paths']) ? null : templateOf(route['paths']),
    status: code,
    durationMs: amount(latencies['request']),
    userAgent: header(headers, 'user-agent', 512),
    credential: credentialOf(line, headers),
    claims: claimsOf(line),
    // The plugin that gave them had verified the token.
    areClaimsVerified: true,
    authorization: header(headers, 'authorization', 16_384),
    apiKey: header(headers, 'apikey', 4096) ?? header(headers, 'x-api-key', 4096),
    cookie: header(headers, 'cookie', 4096),
  };
}

/** A route with parameters in its path is a template; a plain prefix says less than the path itself. */
function templateOf(paths: readonly unknown[]): string | null {
  const path = text(paths[0], 512);
  return path?.includes('{') ? path : null;
}

/** ai-proxy logs under `proxy`, several instances under their names. */
function firstAi(ai: JsonObject): JsonObject {
  if (ai === noObject) return ai;
  for (const [name, value] of Object.entries(ai)) {
    const part = object(value);
    if (name !== 'mcp' && name !== 'a2a' && (part['usage'] !== undefined || part['meta'] !== undefined))
      return part;
  }
  return noObject;
}

export const kong: Format = {
  id: 'kong',
  title: 'Kong Gateway, Kong AI Gateway (kafka-log, http-log, file-log)',
  shape: 'json',
  matches: (line) =>
    line['latencies'] !== undefined &&
    line['started_at'] !== undefined &&
    typeof line['request'] === 'object',
  read,
  pitfalls: [
    'An apikey header other than Authorization is logged raw unless hide_credentials is on; the query always is.',
    'file-log to standard output tears lines above 4 kB.',
    'JWT claims are not logged: add them with custom_fields_by_lua.',
  ],
  snippet: {
    language: 'yaml',
    text: `plugins:
  - name: key-auth
    config: { hide_credentials: true }
  - name: http-log
    config:
      http_endpoint: http://shipper:8080
      custom_fields_by_lua:
        "request.headers.apikey": "return nil"
        "request.headers.authorization": "return nil"`,
  },
  yields: {
    byDefault: [...ordinary, 'credentialId', 'consumerId', 'requestBytes', 'httpRequestId'],
    withSnippet: ['tokenId'],
  },
  verified: "lines of Kong 3.8's http-log and AI proxy; the consumer's shape from its serializer's source",
};
