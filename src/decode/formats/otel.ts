import type { Format, Reading } from '../format.ts';
import { scopeMark } from '../otlp-json.ts';
import { amount, type JsonObject, object, status, text, texts } from '../text.ts';
import { canonical } from './canonical.ts';
import { goDurationMs, scaled } from './fields.ts';
import { claimNames, credentialNames, namedClaims, namedCredential, reader } from './named.ts';

/** Older libraries write underscores. */
function headerNames(...headers: readonly string[]): readonly string[] {
  return headers.flatMap((name) => [
    `http.request.header.${name}`,
    `http.request.header.${name.replaceAll('-', '_')}`,
  ]);
}

/** Names since the conventions became stable, then those before: both are in use. */
const find = reader({
  ...claimNames,
  ...credentialNames,
  time: ['@timestamp', 'timestamp', 'time', 'Timestamp', 'timeUnixNano', 'observed_timestamp'],
  method: ['http.request.method', 'http.method'],
  methodOriginal: ['http.request.method_original'],
  status: ['http.response.status_code', 'http.status_code'],
  path: ['url.path'],
  query: ['url.query'],
  url: ['url.full', 'http.target', 'url.original', 'http.url'],
  route: ['http.route'],
  operation: ['graphql.operation.name'],
  host: ['server.address', 'url.domain', 'http.host', 'net.host.name'],
  client: ['client.address', 'http.client_ip'],
  peer: ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'],
  agent: ['user_agent.original', 'http.user_agent'],
  requestBytes: ['http.request.size', 'http.request.body.size', 'http.request_content_length'],
  responseBytes: ['http.response.size', 'http.response.body.size', 'http.response_content_length'],
  seconds: ['http.server.request.duration'],
  milliseconds: ['duration_ms'],
  duration: ['duration'],
  requestId: ['http.request.id', 'request.id', 'request_id'],
  trace: ['trace_id', 'TraceId', 'traceId'],
  recordId: ['log.record.uid'],
  gateway: ['gateway.name', 'service.name', 'service.instance.id'],
  environment: ['deployment.environment.name', 'deployment.environment'],
  error: ['error.type'],
  user: ['user.id', 'enduser.id', 'user.hash'],
  scopes: ['enduser.scope'],
  organization: ['organization.id', 'tenant.id'],
  consumerId: ['consumer.id'],
  consumerName: ['consumer.name'],
  apiId: ['api.id'],
  apiName: ['api.name'],
  upstream: ['upstream.name', 'service.peer.name', 'peer.service'],
  upstreamMs: ['upstream.duration_ms'],
  ja3: ['tls.client.ja3'],
  ja4: ['tls.client.ja4'],
  certSha256: ['tls.client.hash.sha256'],
  certSubject: ['tls.client.subject'],
  certIssuer: ['tls.client.issuer'],
  certSerial: ['tls.client.serial_number', 'tls.client.x509.serial_number'],
  tlsVersion: ['tls.protocol.version'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  model: ['gen_ai.request.model', 'gen_ai.response.model'],
  inputTokens: ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
  cost: ['gen_ai.cost_usd'],
  agentId: ['gen_ai.agent.id'],
  tool: ['gen_ai.tool.name', 'mcp.tool.name'],
  conversation: ['gen_ai.conversation.id'],
  mcpMethod: ['mcp.method.name'],
  mcpSession: ['mcp.session.id'],
  requestIdHeader: headerNames('x-request-id'),
  forwardedFor: headerNames('x-forwarded-for'),
  agentHeader: headerNames('user-agent'),
  authorization: headerNames('authorization'),
  apiKey: headerNames('x-api-key', 'apikey', 'api-key'),
  cookie: headerNames('cookie'),
});

type Named = ReturnType<typeof find>;

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

/** Objects within objects instead of dotted names, and none of what marks them as Elastic's. */
function tellsOfNested(line: JsonObject): boolean {
  const isElastic =
    line['ecs'] !== undefined || line['ecs.version'] !== undefined || line['@timestamp'] !== undefined;
  if (isElastic) return false;
  const http = object(line['http']);
  return (
    object(http['request'])['method'] !== undefined && object(http['response'])['status_code'] !== undefined
  );
}

function tellsOfCall(line: JsonObject): boolean {
  if (tellsOfNested(line)) return true;
  const isNew = line['http.request.method'] !== undefined;
  if (!isNew && line['http.method'] === undefined) return false;
  return (
    line['http.response.status_code'] !== undefined ||
    line['http.status_code'] !== undefined ||
    line['url.path'] !== undefined ||
    line['http.target'] !== undefined
  );
}

/** A header that instrumentation was told to capture is a list of its values. */
function captured(value: unknown, max: number): string | null {
  return text(Array.isArray(value) ? value[0] : value, max);
}

function targetOf(found: Named): string | null {
  const path = text(found.path, 8192);
  const query = text(found.query, 8192);
  if (path === null) return text(found.url, 8192);
  return query === null || path.includes('?')
    ? path
    : `${path}?${query.startsWith('?') ? query.slice(1) : query}`;
}

function methodOf(found: Named): string | null {
  const method = text(found.method, 32);
  return method === '_OTHER' ? (text(found.methodOriginal, 32) ?? method) : method;
}

function read(given: JsonObject): Reading {
  const found = find(flat(given));
  const error = text(found.error);
  return {
    time: found.time,
    plain: {
      eventId: text(found.recordId) ?? '',
      httpRequestId: text(found.requestId) ?? captured(found.requestIdHeader, 256),
      traceId: text(found.trace, 64),
      gatewayName: text(found.gateway),
      environment: text(found.environment),
      organizationId: text(found.organization),
      host: text(found.host),
      requestBytes: amount(found.requestBytes),
      responseBytes: amount(found.responseBytes),
      upstreamDurationMs: amount(found.upstreamMs),
      upstreamName: text(found.upstream),
      errorType: error,
      // JSON-RPC and model calls fail with status 200.
      ...(error === null ? {} : { outcome: 'failure' as const }),
      userId: text(found.user),
      consumerId: text(found.consumerId),
      consumerName: text(found.consumerName),
      apiId: text(found.apiId),
      apiName: text(found.apiName),
      tokenScopes: texts(found.scopes),
      ja3: text(found.ja3, 64),
      ja4: text(found.ja4, 64),
      certSha256: text(found.certSha256, 128),
      certSubject: text(found.certSubject),
      certIssuer: text(found.certIssuer),
      certSerial: text(found.certSerial, 128),
      tlsVersion: text(found.tlsVersion, 32),
      genAiProvider: text(found.provider),
      genAiModel: text(found.model),
      genAiInputTokens: amount(found.inputTokens),
      genAiOutputTokens: amount(found.outputTokens),
      genAiCostUsd: amount(found.cost),
      genAiAgentId: text(found.agentId),
      genAiToolName: text(found.tool),
      genAiConversationId: text(found.conversation),
      mcpMethod: text(found.mcpMethod),
      mcpSessionId: text(found.mcpSession),
    },
    peer: text(found.peer, 64),
    client: text(found.client, 64),
    forwardedFor: captured(found.forwardedFor, 1024),
    method: methodOf(found),
    target: targetOf(found),
    route: text(found.route, 512),
    operation: text(found.operation, 128),
    status: status(found.status),
    durationMs: amount(found.milliseconds) ?? scaled(found.seconds, 1000) ?? goDurationMs(found.duration),
    userAgent: text(found.agent, 512) ?? captured(found.agentHeader, 512),
    credential: namedCredential(found),
    claims: namedClaims(found),
    authorization: captured(found.authorization, 16_384),
    apiKey: captured(found.apiKey, 4096),
    cookie: captured(found.cookie, 4096),
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
          - replace_pattern(attributes["url.query"], "(?i)((?:key|token|secret|sig|signature)=)[^&]*", "$\${1}redacted")
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
  // Our own lines have the same names, and more that are meant as they stand.
  matches: (line) =>
    !canonical.matches(line, '') &&
    (tellsOfCall(line) || tellsOfCall(object(line['attributes'] ?? line['LogAttributes']))),
  read,
  pitfalls: [
    'The conventions have no attribute for a credential: add credential.id, or the claims as jwt.*.',
    'Captured headers (http.request.header.*) hold raw secrets: the collector should hash or delete them.',
    'client.address is the first entry of X-Forwarded-For in many libraries, which any caller can write: capture x-forwarded-for and set decode.trustedProxies.',
    "Duration and sizes are metrics in the conventions, not attributes of a log record; a record's time is taken as the start.",
    'Names from before the conventions became stable (http.method, http.status_code, http.target) are read too.',
    'All of GraphQL is one route unless graphql.operation.name is an attribute too.',
    'Traces are not read: a span of a call is no log record.',
    'Protobuf is read from Kafka, from files (requests as they were sent, or with their sizes before them as the file exporter writes them with format: proto or compression: zstd; plain, gzip or zstd) and by POST /ingest.',
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
