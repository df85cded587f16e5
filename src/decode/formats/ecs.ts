import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { Format, Reading } from '../format.ts';
import { amount, isMissing, type JsonObject, number, object, status, text } from '../text.ts';
import { apiKeyOf, countryCode, header, lowerCased, ordinary, scaled } from './fields.ts';
import { named, namedClaims, namedCredential } from './named.ts';

const names = {
  version: named('ecs.version'),
  marks: named('event.duration', 'event.dataset', 'event.category', 'event.module', 'source.ip'),
  start: named('event.start'),
  time: named('@timestamp'),
  end: named('event.end'),
  eventId: named('event.id'),
  requestId: named('http.request.id'),
  trace: named('trace.id'),
  method: named('http.request.method'),
  status: named('http.response.status_code'),
  original: named('url.original'),
  path: named('url.path'),
  query: named('url.query'),
  full: named('url.full'),
  route: named('http.route'),
  host: named('url.domain', 'server.domain', 'destination.domain', 'server.address'),
  client: named('client.ip', 'source.ip', 'client.address', 'source.address'),
  source: named('source.ip'),
  forwarded: named('network.forwarded_ip'),
  asn: named('client.as.number', 'source.as.number'),
  asName: named('client.as.organization.name', 'source.as.organization.name'),
  country: named('client.geo.country_iso_code', 'source.geo.country_iso_code'),
  agent: named('user_agent.original'),
  requestBytes: named('http.request.bytes', 'http.request.body.bytes', 'source.bytes'),
  responseBytes: named('http.response.bytes', 'http.response.body.bytes', 'destination.bytes'),
  nanos: named('event.duration'),
  outcome: named('event.outcome'),
  error: named('error.type', 'error.code', 'event.reason'),
  user: named('user.id', 'client.user.id', 'source.user.id', 'user.hash', 'user.name', 'source.user.name'),
  organization: named('organization.id', 'cloud.account.id'),
  gateway: named('observer.name', 'service.node.name', 'host.name'),
  environment: named('service.environment'),
  apiId: named('service.id'),
  apiName: named('service.name'),
  upstream: named('service.target.name', 'destination.address', 'destination.ip'),
  consumerId: named('consumer.id', 'labels.consumer_id'),
  consumerName: named('consumer.name', 'labels.consumer_name'),
  ja3: named('tls.client.ja3'),
  ja4: named('tls.client.ja4', 'labels.ja4'),
  certSha256: named('tls.client.hash.sha256'),
  certSubject: named('tls.client.subject'),
  certIssuer: named('tls.client.issuer'),
  certSerial: named('tls.client.x509.serial_number'),
  tlsVersion: named('tls.version'),
  provider: named('gen_ai.provider.name', 'gen_ai.system'),
  model: named('gen_ai.request.model', 'gen_ai.response.model'),
  inputTokens: named('gen_ai.usage.input_tokens'),
  outputTokens: named('gen_ai.usage.output_tokens'),
  agentId: named('gen_ai.agent.id'),
  tool: named('gen_ai.tool.name'),
  headers: named('http.request.headers'),
};

/** The original has the query as it was sent; a path comes without it. */
function targetOf(line: JsonObject): string | null {
  const original = text(names.original(line), 8192);
  if (original !== null) return original;
  const path = text(names.path(line), 8192);
  if (path === null) return text(names.full(line), 8192);
  const query = text(names.query(line), 8192);
  return query === null || path.includes('?') ? path : `${path}?${query}`;
}

function outcomeOf(line: JsonObject): Pick<UsageEvent, 'outcome'> | null {
  return names.outcome(line) === 'failure' ? { outcome: 'failure' } : null;
}

/** With both, `client` is the caller behind a proxy and `source` the other end of the connection. */
function peerOf(line: JsonObject, client: string | null): string | null {
  const source = text(names.source(line), 64);
  return source === client ? null : source;
}

function read(line: JsonObject): Reading {
  const headers = lowerCased(object(names.headers(line)));
  const client = text(names.client(line), 64);
  const asn = number(names.asn(line));
  const start = names.start(line);
  const end = names.end(line);
  const isEnd = start === null && end !== null;
  return {
    time: isEnd ? end : (start ?? names.time(line)),
    timeIsEnd: isEnd,
    plain: {
      eventId: text(names.eventId(line)) ?? '',
      httpRequestId: text(names.requestId(line)),
      traceId: text(names.trace(line), 64),
      gatewayName: text(names.gateway(line)),
      environment: text(names.environment(line)),
      organizationId: text(names.organization(line)),
      host: text(names.host(line)),
      clientAsn: asn !== null && Number.isSafeInteger(asn) ? asn : null,
      clientAsName: text(names.asName(line)),
      clientCountry: countryCode(names.country(line)),
      requestBytes: amount(names.requestBytes(line)),
      responseBytes: amount(names.responseBytes(line)),
      upstreamName: text(names.upstream(line)),
      errorType: text(names.error(line)),
      ...outcomeOf(line),
      userId: text(names.user(line)),
      consumerId: text(names.consumerId(line)),
      consumerName: text(names.consumerName(line)),
      apiId: text(names.apiId(line)),
      apiName: text(names.apiName(line)),
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
      genAiAgentId: text(names.agentId(line)),
      genAiToolName: text(names.tool(line)),
    },
    peer: peerOf(line, client),
    client,
    forwardedFor: header(headers, 'x-forwarded-for', 1024) ?? text(names.forwarded(line), 1024),
    method: text(names.method(line), 32),
    target: targetOf(line),
    route: text(names.route(line), 512),
    status: status(names.status(line)),
    durationMs: scaled(names.nanos(line), 1e-6),
    userAgent: text(names.agent(line) ?? line['user_agent'], 512),
    credential: namedCredential(line),
    claims: namedClaims(line),
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
    cookie: header(headers, 'cookie', 4096),
  };
}

/** A method or a status: a document of a call, and not of something that only mentions a URL. */
function tellsOfCall(line: JsonObject): boolean {
  return !isMissing(names.status(line)) || (!isMissing(names.method(line)) && targetOf(line) !== null);
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
        (typeof line['http'] === 'object' || !isMissing(names.marks(line))));
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
