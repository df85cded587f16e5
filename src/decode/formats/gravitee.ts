import type { Format, GatewayCredential, ReadResult } from '../format.ts';
import { amount, isMissing, type JsonObject, status, text } from '../text.ts';
import { hostOf, ordinary, pick } from './fields.ts';

/** The Elasticsearch form of the reporters writes methods as numbers. */
const methods = ['OTHER', 'CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE'];

function methodOf(line: JsonObject): string | null {
  const method = pick(line, 'httpMethod', 'http-method', 'method');
  return typeof method === 'number' ? (methods[method] ?? null) : text(method, 32);
}

/** Plans without a key belong to application 1; their subscription is the caller's address. */
function applicationOf(line: JsonObject): string | null {
  const application = text(pick(line, 'applicationId', 'application-id', 'application'));
  return application === '1' || application === 'unknown' ? null : application;
}

function credentialOf(line: JsonObject): GatewayCredential | null {
  const subscription = text(pick(line, 'subscriptionId', 'subscription-id', 'subscription'));
  const application = pick(line, 'applicationId', 'application-id', 'application');
  const isKeyless = application !== null && applicationOf(line) === null;
  if (subscription === null || isKeyless || subscription === addressOf(line)) return null;
  return { id: subscription, type: 'subscription' };
}

function addressOf(line: JsonObject): string | null {
  return text(pick(line, 'remoteAddress', 'remote-address'), 64);
}

/** `/orders/:id` is relative to where the API is mounted, which is what stands before the rest of the path. */
function templateOf(line: JsonObject, target: string | null): string | null {
  const mapped = text(pick(line, 'mappedPath', 'mapped-path'), 512);
  const rest = text(pick(line, 'pathInfo', 'path-info', 'path'), 1024);
  if (mapped === null || target === null) return null;
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  const mount = rest !== null && path.endsWith(rest) ? path.slice(0, path.length - rest.length) : '';
  // Joined without a slash, the start of a token in it could no longer be seen.
  const slash = mapped.startsWith('/') ? '' : '/';
  return `${mount.endsWith('/') ? mount.slice(0, -1) : mount}${slash}${mapped}`;
}

/** Measures of a model's or an MCP server's call: a list of names with values, or an object of them. */
function measuresOf(line: JsonObject): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const given = pick(line, 'additionalMetrics', 'additional-metrics');
  if (Array.isArray(given)) {
    for (const one of given.slice(0, 64)) {
      const { name, value } = (typeof one === 'object' && one !== null ? one : {}) as JsonObject;
      if (typeof name === 'string') found.set(name, value);
    }
  } else if (typeof given === 'object' && given !== null) {
    for (const [name, value] of Object.entries(given).slice(0, 64)) found.set(name, value);
  }
  return found;
}

function costOf(measures: ReadonlyMap<string, unknown>): number | null {
  const sent = amount(measures.get('double_llm-proxy_sent-cost'));
  const received = amount(measures.get('double_llm-proxy_received-cost'));
  return sent === null && received === null ? null : (sent ?? 0) + (received ?? 0);
}

function read(line: JsonObject): ReadResult {
  const isEnded = pick(line, 'requestEnded', 'request-ended');
  if (isEnded === false || isEnded === 'false')
    return { skip: 'a call that still goes on; it is logged again when it has ended' };
  const target = text(line['uri'], 8192);
  const measures = measuresOf(line);
  const secret = text(pick(line, 'securityToken', 'security-token'), 4096);
  return {
    time: pick(line, 'timestamp', '@timestamp'),
    plain: {
      httpRequestId: text(pick(line, 'requestId', 'request-id', '_id')),
      gatewayName: text(line['gateway']),
      environment: text(pick(line, 'environmentId', 'environment-id')),
      organizationId: text(pick(line, 'organizationId', 'organization-id')),
      host: text(line['host']),
      requestBytes: amount(pick(line, 'requestContentLength', 'request-content-length')),
      responseBytes: amount(pick(line, 'responseContentLength', 'response-content-length')),
      upstreamDurationMs: amount(
        pick(
          line,
          'endpointResponseTimeMs',
          'endpoint-response-time-ms',
          'apiResponseTimeMs',
          'api-response-time',
        ),
      ),
      upstreamName: hostOf(line['endpoint']),
      errorType: text(pick(line, 'errorKey', 'error-key')),
      consumerId: applicationOf(line),
      userId: text(line['user']),
      apiId: text(pick(line, 'apiId', 'api-id', 'api')),
      apiName: text(pick(line, 'apiName', 'api-name')),
      genAiModel: text(measures.get('keyword_llm-proxy_model')),
      genAiProvider: text(measures.get('keyword_llm-proxy_provider')),
      genAiInputTokens: amount(measures.get('long_llm-proxy_tokens-sent')),
      genAiOutputTokens: amount(measures.get('long_llm-proxy_tokens-received')),
      genAiCostUsd: costOf(measures),
      mcpMethod: text(measures.get('keyword_mcp-proxy_method')),
      genAiToolName: text(measures.get('keyword_mcp-proxy_tools/call')),
    },
    client: addressOf(line),
    method: methodOf(line),
    target,
    route: templateOf(line, target),
    status: status(line['status']),
    durationMs: amount(
      pick(line, 'gatewayResponseTimeMs', 'gateway-response-time-ms', 'proxyResponseTimeMs', 'response-time'),
    ),
    userAgent: text(pick(line, 'userAgent', 'user-agent'), 512),
    credential: credentialOf(line),
    // The key itself, or the client id of a token; the first must never be taken for the second.
    apiKey: secret,
    isKeyKnown: true,
  };
}

/** Version 4 in JSON and in the Elasticsearch form; then version 2 in both. */
function matches(line: JsonObject): boolean {
  return (
    (line['gatewayResponseTimeMs'] !== undefined && line['apiId'] !== undefined) ||
    (line['gateway-response-time-ms'] !== undefined && line['api-id'] !== undefined) ||
    (line['proxyResponseTimeMs'] !== undefined && line['api'] !== undefined) ||
    (line['api-response-time'] !== undefined && line['transaction'] !== undefined && !isMissing(line['api']))
  );
}

export const gravitee: Format = {
  id: 'gravitee',
  title: 'Gravitee API Management (metrics of version 4 and of version 2)',
  shape: 'json',
  matches,
  read,
  pitfalls: [
    'securityToken is the raw API key: only its keyed hash is kept, but exclude it from the reporter.',
    'Calls of keyless plans have the application 1 and the caller address as subscription: they count as anonymous.',
    'Streams and WebSockets are logged twice; the record with requestEnded false is skipped.',
    'All kinds of records share one topic of the community Kafka reporter: only those with a response time are calls.',
    'log.json holds headers and bodies: never ship it.',
    'uri holds the query: keys in it are hashed here, but lie in the log.',
  ],
  snippet: {
    language: 'yaml',
    text: `# gravitee.yml of the gateway: metrics to a TCP shipper (Vector, Fluent Bit) that writes to Kafka.
reporters:
  tcp:
    enabled: true
    host: shipper
    port: 9000
    output: json
    request: { exclude: [securityToken] }
    v4-metrics: { exclude: [securityToken] }
    log: { exclude: ["*"] }
    v4-log: { exclude: ["*"] }
    v4-message-log: { exclude: ["*"] }
    v4-message-metrics: { exclude: ["*"] }
    node: { exclude: ["*"] }
    health-check: { exclude: ["*"] }`,
  },
  yields: {
    byDefault: [...ordinary, 'credentialId', 'consumerId', 'httpRequestId', 'requestBytes', 'apiId'],
    withSnippet: [],
  },
  verified:
    "lines written after the documentation's samples of both versions, JSON and Elasticsearch form; not run",
};
