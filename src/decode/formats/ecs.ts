import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { Format, Reading } from '../format.ts';
import { amount, type JsonObject, number, object, status, text } from '../text.ts';
import { apiKeyOf, countryCode, header, lowerCased, ordinary, scaled } from './fields.ts';
import { claimNames, credentialNames, namedClaims, namedCredential, reader } from './named.ts';

const find = reader({
  ...claimNames,
  ...credentialNames,
  start: ['event.start'],
  time: ['@timestamp'],
  end: ['event.end'],
  eventId: ['event.id'],
  requestId: ['http.request.id'],
  trace: ['trace.id'],
  method: ['http.request.method'],
  status: ['http.response.status_code'],
  original: ['url.original'],
  path: ['url.path'],
  query: ['url.query'],
  full: ['url.full'],
  route: ['http.route'],
  host: ['url.domain', 'server.domain', 'destination.domain', 'server.address'],
  client: ['client.ip', 'source.ip', 'client.address', 'source.address'],
  source: ['source.ip'],
  forwarded: ['network.forwarded_ip'],
  asn: ['client.as.number', 'source.as.number'],
  asName: ['client.as.organization.name', 'source.as.organization.name'],
  country: ['client.geo.country_iso_code', 'source.geo.country_iso_code'],
  agent: ['user_agent.original'],
  requestBytes: ['http.request.bytes', 'http.request.body.bytes', 'source.bytes'],
  responseBytes: ['http.response.bytes', 'http.response.body.bytes', 'destination.bytes'],
  nanos: ['event.duration'],
  outcome: ['event.outcome'],
  error: ['error.type', 'error.code', 'event.reason'],
  user: ['user.id', 'client.user.id', 'source.user.id', 'user.hash', 'user.name', 'source.user.name'],
  organization: ['organization.id', 'cloud.account.id'],
  gateway: ['observer.name', 'service.node.name', 'host.name'],
  environment: ['service.environment'],
  apiId: ['service.id'],
  apiName: ['service.name'],
  upstream: ['service.target.name', 'destination.address', 'destination.ip'],
  consumerId: ['consumer.id', 'labels.consumer_id'],
  consumerName: ['consumer.name', 'labels.consumer_name'],
  ja3: ['tls.client.ja3'],
  ja4: ['tls.client.ja4', 'labels.ja4'],
  certSha256: ['tls.client.hash.sha256'],
  certSubject: ['tls.client.subject'],
  certIssuer: ['tls.client.issuer'],
  certSerial: ['tls.client.x509.serial_number'],
  tlsVersion: ['tls.version'],
  provider: ['gen_ai.provider.name', 'gen_ai.system'],
  model: ['gen_ai.request.model', 'gen_ai.response.model'],
  inputTokens: ['gen_ai.usage.input_tokens'],
  outputTokens: ['gen_ai.usage.output_tokens'],
  agentId: ['gen_ai.agent.id'],
  tool: ['gen_ai.tool.name'],
  headers: ['http.request.headers'],
});

type Named = ReturnType<typeof find>;

/** The original has the query as it was sent; a path comes without it. */
function targetOf(found: Named): string | null {
  const original = text(found.original, 8192);
  if (original !== null) return original;
  const path = text(found.path, 8192);
  if (path === null) return text(found.full, 8192);
  const query = text(found.query, 8192);
  return query === null || path.includes('?') ? path : `${path}?${query}`;
}

function outcomeOf(found: Named): Pick<UsageEvent, 'outcome'> | null {
  return found.outcome === 'failure' ? { outcome: 'failure' } : null;
}

/** With both, `client` is the caller behind a proxy and `source` the other end of the connection. */
function peerOf(found: Named, client: string | null): string | null {
  const source = text(found.source, 64);
  return source === client ? null : source;
}

function read(line: JsonObject): Reading {
  const found = find(line);
  const headers = lowerCased(object(found.headers));
  const client = text(found.client, 64);
  const asn = number(found.asn);
  const start = found.start;
  const end = found.end;
  const isEnd = start === null && end !== null;
  return {
    time: isEnd ? end : (start ?? found.time),
    timeIsEnd: isEnd,
    plain: {
      eventId: text(found.eventId) ?? '',
      httpRequestId: text(found.requestId),
      traceId: text(found.trace, 64),
      gatewayName: text(found.gateway),
      environment: text(found.environment),
      organizationId: text(found.organization),
      host: text(found.host),
      clientAsn: asn !== null && Number.isSafeInteger(asn) ? asn : null,
      clientAsName: text(found.asName),
      clientCountry: countryCode(found.country),
      requestBytes: amount(found.requestBytes),
      responseBytes: amount(found.responseBytes),
      upstreamName: text(found.upstream),
      errorType: text(found.error),
      ...outcomeOf(found),
      userId: text(found.user),
      consumerId: text(found.consumerId),
      consumerName: text(found.consumerName),
      apiId: text(found.apiId),
      apiName: text(found.apiName),
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
      genAiAgentId: text(found.agentId),
      genAiToolName: text(found.tool),
    },
    peer: peerOf(found, client),
    client,
    forwardedFor: header(headers, 'x-forwarded-for', 1024) ?? text(found.forwarded, 1024),
    method: text(found.method, 32),
    target: targetOf(found),
    route: text(found.route, 512),
    status: status(found.status),
    durationMs: scaled(found.nanos, 1e-6),
    userAgent: text(found.agent ?? line['user_agent'], 512),
    credential: namedCredential(found),
    claims: namedClaims(found),
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
    cookie: header(headers, 'cookie', 4096),
  };
}

/** What marks dotted names as this schema's: OpenTelemetry's are nearly the same otherwise. */
const marks = ['event.duration', 'event.dataset', 'event.category', 'event.module', 'source.ip'];

/** A method or a status: a document of a call, and not of something that only mentions a URL. */
function tellsOfCall(line: JsonObject): boolean {
  if (line['http.response.status_code'] !== undefined || line['http.request.method'] !== undefined)
    return true;
  const http = object(line['http']);
  return (
    http['response'] !== undefined ||
    http['request'] !== undefined ||
    http['response.status_code'] !== undefined ||
    http['request.method'] !== undefined
  );
}

export const ecs: Format = {
  id: 'ecs',
  title: 'Elastic Common Schema (Filebeat, Elastic Agent, Logstash; nested or dotted)',
  shape: 'json',
  matches: (line) => {
    const isEcs =
      line['ecs.version'] !== undefined ||
      line['ecs'] !== undefined ||
      (line['@timestamp'] !== undefined &&
        (typeof line['http'] === 'object' || marks.some((name) => line[name] !== undefined)));
    return isEcs && tellsOfCall(line);
  },
  read,
  pitfalls: [
    'The schema has no field for a credential: without labels.credential_id or claims a call counts for user.id, or else for its address.',
    'event.duration is in nanoseconds.',
    "@timestamp is when the shipper read the line unless a timestamp processor takes the line's own.",
    'network.forwarded_ip is what the caller wrote into X-Forwarded-For: it is believed from trusted proxies only.',
    'url.original and url.query hold the query with any key in it: only its hash is kept.',
    'Documents of other things (metrics, system logs) match no format here: ship them to another topic.',
  ],
  snippet: {
    language: 'yaml',
    text: `# Filebeat on JSON access logs: safe ids go to labels, and what may be a secret is dropped before Kafka.
filebeat.inputs:
  - type: filestream
    id: gateway
    paths: [/var/log/gateway/access.json]
    parsers:
      - ndjson: { target: gateway }
processors:
  - timestamp: { field: gateway.time, layouts: ["2006-01-02T15:04:05.999Z07:00"] }
  - rename:
      ignore_missing: true
      fail_on_error: false
      fields:
        - { from: gateway.method, to: http.request.method }
        - { from: gateway.status, to: http.response.status_code }
        - { from: gateway.path, to: url.path }
        - { from: gateway.client_ip, to: source.ip }
        - { from: gateway.user_agent, to: user_agent.original }
        - { from: gateway.duration_ns, to: event.duration }
        - { from: gateway.bytes_out, to: http.response.bytes }
        - { from: gateway.request_id, to: http.request.id }
        - { from: gateway.credential_id, to: labels.credential_id }
        - { from: gateway.jwt_iss, to: labels.jwt_iss }
        - { from: gateway.jwt_sub, to: labels.jwt_sub }
        - { from: gateway.jwt_jti, to: labels.jwt_jti }
  - drop_fields: { fields: [gateway, event.original], ignore_missing: true }
output.kafka:
  hosts: ["kafka:9092"]
  topic: gateway-logs
  key: "%{[labels.credential_id]:}"`,
  },
  yields: {
    byDefault: [...ordinary.filter((field) => field !== 'durationMs'), 'host'],
    withSnippet: ['credentialId', 'tokenId', 'tokenIssuer', 'tokenSubject', 'durationMs', 'httpRequestId'],
  },
  verified: 'lines written after the published field list, nested and dotted; no shipper run',
};
