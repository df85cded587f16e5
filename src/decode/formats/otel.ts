import type { Format, Reading } from '../format.ts';
import { scopeMark } from '../otlp-json.ts';
import { amount, type JsonObject, object, status, text, texts } from '../text.ts';
import { goDurationMs, header, scaled } from './fields.ts';
import { named, namedClaims, namedCredential } from './named.ts';

/** Names since the conventions became stable, then those before: both are in use. */
const names = {
  time: named('@timestamp', 'timestamp', 'time', 'Timestamp', 'timeUnixNano', 'observed_timestamp'),
  method: named('http.request.method', 'http.method'),
  methodOriginal: named('http.request.method_original'),
  status: named('http.response.status_code', 'http.status_code'),
  path: named('url.path'),
  query: named('url.query'),
  url: named('url.full', 'http.target', 'url.original', 'http.url'),
  route: named('http.route'),
  host: named('server.address', 'url.domain', 'http.host', 'net.host.name'),
  client: named('client.address', 'http.client_ip'),
  peer: named('network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'),
  agent: named('user_agent.original', 'http.user_agent'),
  requestBytes: named('http.request.size', 'http.request.body.size', 'http.request_content_length'),
  responseBytes: named('http.response.size', 'http.response.body.size', 'http.response_content_length'),
  seconds: named('http.server.request.duration'),
  milliseconds: named('duration_ms'),
  duration: named('duration'),
  requestId: named('http.request.id', 'request.id', 'request_id'),
  trace: named('trace_id', 'TraceId', 'traceId'),
  recordId: named('log.record.uid'),
  gateway: named('gateway.name', 'service.name', 'service.instance.id'),
  environment: named('deployment.environment.name', 'deployment.environment'),
  error: named('error.type'),
  user: named('user.id', 'enduser.id', 'user.hash'),
  scopes: named('enduser.scope'),
  organization: named('organization.id', 'tenant.id'),
  consumerId: named('consumer.id'),
  consumerName: named('consumer.name'),
  apiId: named('api.id'),
  apiName: named('api.name'),
  upstream: named('upstream.name', 'service.peer.name', 'peer.service'),
  upstreamMs: named('upstream.duration_ms'),
  ja3: named('tls.client.ja3'),
  ja4: named('tls.client.ja4'),
  certSha256: named('tls.client.hash.sha256'),
  certSubject: named('tls.client.subject'),
  certIssuer: named('tls.client.issuer'),
  certSerial: named('tls.client.serial_number', 'tls.client.x509.serial_number'),
  tlsVersion: named('tls.protocol.version'),
  provider: named('gen_ai.provider.name', 'gen_ai.system'),
  model: named('gen_ai.request.model', 'gen_ai.response.model'),
  inputTokens: named('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
  outputTokens: named('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
  cost: named('gen_ai.cost_usd'),
  agentId: named('gen_ai.agent.id'),
  tool: named('gen_ai.tool.name', 'mcp.tool.name'),
  conversation: named('gen_ai.conversation.id'),
  mcpMethod: named('mcp.method.name'),
  mcpSession: named('mcp.session.id'),
};

/** Some exporters keep the record's parts apart: attributes and resource then lie one level down. */
function flat(line: JsonObject): JsonObject {
  const attributes = object(line['attributes'] ?? line['LogAttributes'] ?? line['Attributes']);
  if (!tellsOfCall(attributes)) return line;
  const resource = object(line['resource']);
  return {
    ...line,
    ...object(line['resources'] ?? line['ResourceAttributes'] ?? resource['attributes'] ?? resource),
    ...attributes,
  };
}

function tellsOfCall(line: JsonObject): boolean {
  const isNew = line['http.request.method'] !== undefined;
  if (!isNew && line['http.method'] === undefined) return false;
  return (
    line['http.response.status_code'] !== undefined ||
    line['http.status_code'] !== undefined ||
    line['url.path'] !== undefined ||
    line['http.target'] !== undefined
  );
}

/** A header that instrumentation was told to capture; older libraries write underscores. */
function captured(line: JsonObject, name: string, max: number): string | null {
  const prefix = 'http.request.header.';
  return header(line, `${prefix}${name}`, max) ?? header(line, `${prefix}${name.replaceAll('-', '_')}`, max);
}

function targetOf(line: JsonObject): string | null {
  const path = text(names.path(line), 8192);
  const query = text(names.query(line), 8192);
  if (path === null) return text(names.url(line), 8192);
  return query === null || path.includes('?')
    ? path
    : `${path}?${query.startsWith('?') ? query.slice(1) : query}`;
}

function methodOf(line: JsonObject): string | null {
  const method = text(names.method(line), 32);
  return method === '_OTHER' ? (text(names.methodOriginal(line), 32) ?? method) : method;
}

function read(given: JsonObject): Reading {
  const line = flat(given);
  const error = text(names.error(line));
  return {
    time: names.time(line),
    plain: {
      eventId: text(names.recordId(line)) ?? '',
      httpRequestId: text(names.requestId(line)) ?? captured(line, 'x-request-id', 256),
      traceId: text(names.trace(line), 64),
      gatewayName: text(names.gateway(line)),
      environment: text(names.environment(line)),
      organizationId: text(names.organization(line)),
      host: text(names.host(line)),
      requestBytes: amount(names.requestBytes(line)),
      responseBytes: amount(names.responseBytes(line)),
      upstreamDurationMs: amount(names.upstreamMs(line)),
      upstreamName: text(names.upstream(line)),
      errorType: error,
      // JSON-RPC and model calls fail with status 200.
      ...(error === null ? {} : { outcome: 'failure' as const }),
      userId: text(names.user(line)),
      consumerId: text(names.consumerId(line)),
      consumerName: text(names.consumerName(line)),
      apiId: text(names.apiId(line)),
      apiName: text(names.apiName(line)),
      tokenScopes: texts(names.scopes(line)),
      ja3: text(names.ja3(line), 64),
      ja4: text(names.ja4(line), 64),
      certSha256: text(names.certSha256(line), 128),
      certSubject: text(names.certSubject(line)),
      certIssuer: text(names.certIssuer(line)),
      certSerial: text(names.certSerial(line), 128),
      tlsVersion: text(names.tlsVersion(line), 32),
      genAiProvider: text(names.provider(line)),
      genAiModel: text(names.model(line)),
      genAiInputTokens: amount(names.inputTokens(line)),
      genAiOutputTokens: amount(names.outputTokens(line)),
      genAiCostUsd: amount(names.cost(line)),
      genAiAgentId: text(names.agentId(line)),
      genAiToolName: text(names.tool(line)),
      genAiConversationId: text(names.conversation(line)),
      mcpMethod: text(names.mcpMethod(line)),
      mcpSessionId: text(names.mcpSession(line)),
    },
    peer: text(names.peer(line), 64),
    client: text(names.client(line), 64),
    forwardedFor: captured(line, 'x-forwarded-for', 1024),
    method: methodOf(line),
    target: targetOf(line),
    route: text(names.route(line), 512),
    status: status(names.status(line)),
    durationMs:
      amount(names.milliseconds(line)) ??
      scaled(names.seconds(line), 1000) ??
      goDurationMs(names.duration(line)),
    userAgent: text(names.agent(line), 512) ?? captured(line, 'user-agent', 512),
    credential: namedCredential(line),
    claims: namedClaims(line),
    authorization: captured(line, 'authorization', 16_384),
    apiKey:
      captured(line, 'x-api-key', 4096) ?? captured(line, 'apikey', 4096) ?? captured(line, 'api-key', 4096),
    cookie: captured(line, 'cookie', 4096),
  };
}

const snippet = {
  language: 'yaml',
  text: `# OpenTelemetry collector: the caller's key becomes its hash here, and no secret goes on.
processors:
  transform/bearerwatch:
    error_mode: ignore
    log_statements:
      - context: log
        statements:
          - set(attributes["credential.id"], SHA256(attributes["http.request.header.x-api-key"][0])) where attributes["http.request.header.x-api-key"] != nil
          - delete_key(attributes, "http.request.header.x-api-key")
          - delete_key(attributes, "http.request.header.authorization")
          - delete_key(attributes, "http.request.header.cookie")
exporters:
  kafka:
    brokers: [kafka:9092]
    logs: { topic: gateway-logs } # protobuf, its default, and otlp_json are both read
service:
  pipelines:
    logs:
      receivers: [otlp]
      processors: [transform/bearerwatch, batch]
      exporters: [kafka]
# At the gateway, where it knows more than a key: attributes credential.id, or jwt.iss, jwt.sub, jwt.azp,
# jwt.jti, jwt.scope and jwt.exp of the verified token; duration_ms, http.request.size, http.response.size.`,
};

export const otel: Format = {
  id: 'otel',
  title: 'OpenTelemetry HTTP attributes (OTLP logs in JSON or protobuf, flat JSON)',
  shape: 'json',
  matches: (line) => tellsOfCall(line) || tellsOfCall(object(line['attributes'] ?? line['LogAttributes'])),
  read,
  pitfalls: [
    'The conventions have no attribute for a credential: add credential.id, or the claims as jwt.*.',
    'Captured headers (http.request.header.*) hold raw secrets: the collector should hash or delete them.',
    'client.address is the first entry of X-Forwarded-For in many libraries, which any caller can write: capture x-forwarded-for and set decode.trustedProxies.',
    "Duration and sizes are metrics in the conventions, not attributes of a log record; a record's time is taken as the start.",
    'Names from before the conventions became stable (http.method, http.status_code, http.target) are read too.',
    'Traces are not read: a span of a call is no log record.',
  ],
  snippet,
  yields: {
    byDefault: [
      'timestampMs',
      'method',
      'path',
      'route',
      'status',
      'host',
      'userAgent',
      'clientAddress',
      'traceId',
    ],
    withSnippet: [
      'credentialId',
      'tokenId',
      'tokenIssuer',
      'tokenScopes',
      'tokenExpiresAtMs',
      'durationMs',
      'requestBytes',
      'responseBytes',
    ],
  },
  verified:
    'lines written after the published attribute names, in OTLP JSON and in protobuf after the published .proto; no collector run',
};

export const otelLog: Format = {
  id: 'otel-log',
  title: 'OpenTelemetry log records that tell of no HTTP call',
  shape: 'json',
  matches: (line) => line[scopeMark] !== undefined,
  isLastResort: true,
  read: () => ({
    skip: 'a log record that tells of no HTTP call; give those of the gateway the attributes http.request.method and http.response.status_code',
  }),
  pitfalls: [
    'A topic of all logs of a system holds few of the gateway: such records are counted as skipped, not as errors.',
    "A gateway's own line in the body is read as that line, where its format is known.",
  ],
  snippet,
  yields: { byDefault: [], withSnippet: [...otel.yields.byDefault, 'credentialId'] },
  verified: 'the example record of the OTLP repository in JSON; one of our own in protobuf',
};
