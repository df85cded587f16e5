import type { FilledReading, Format, GatewayCredential, ReadResult } from '../format.ts';
import { amount, first, type JsonObject, object, status, text } from '../text.ts';
import { completed } from './completed.ts';
import { apiKeyOf, header, ordinary } from './fields.ts';
import { isFromApisix, readVariables } from './nginx-variables.ts';

/** The x-credential-identifier header is APISIX's own only where it authenticated a consumer. */
function credentialOf(consumer: string | null, headers: JsonObject): GatewayCredential | null {
  const id = header(headers, 'x-credential-identifier');
  return consumer === null || id === null ? null : { id, type: 'api_key', name: consumer };
}

/** A log_format of NGINX's variables; as in the default entry, only the consumer makes the header APISIX's own. */
function readOwn(line: JsonObject): FilledReading {
  const own = readVariables(line);
  const { time, client, method, target } = own;
  const isWhole = time !== null && client !== null && method !== null && target !== null;
  const reading = isWhole ? own : completed(own, line);
  const consumer = text(first(line['consumer_id'], line['consumer_name'], line['consumer']));
  const id = text(
    first(line['x_credential_identifier'], line['http_x_credential_identifier'], line['credential_id']),
  );
  return {
    ...reading,
    event: {
      ...reading.event,
      consumerId: consumer,
      consumerName: consumer,
      apiId: text(line['service_id']) ?? text(line['route_id']),
      apiName: text(line['route_name']),
    },
    credential: consumer === null || id === null ? null : { id, type: 'api_key', name: consumer },
  };
}

function read(line: JsonObject): ReadResult {
  if (typeof line['response'] !== 'object') return readOwn(line);
  const request = object(line['request']);
  const response = object(line['response']);
  const headers = object(request['headers']);
  const consumer = text(object(line['consumer'])['username']);
  const llm = object(line['llm_summary']);
  return {
    time: line['start_time'],
    plain: {
      httpRequestId: header(headers, 'x-request-id') ?? header(object(response['headers']), 'x-request-id'),
      gatewayName: text(object(line['server'])['hostname']),
      host: header(headers, 'host'),
      requestBytes: amount(request['size']),
      responseBytes: amount(response['size']),
      upstreamDurationMs: amount(line['upstream_latency']),
      upstreamName: text(line['upstream']),
      consumerId: consumer,
      consumerName: consumer,
      apiId: text(line['service_id']) ?? text(line['route_id']),
      apiName: text(line['route_name']),
      genAiModel: text(llm['request_model']) ?? text(llm['model']),
      genAiInputTokens: amount(llm['prompt_tokens']),
      genAiOutputTokens: amount(llm['completion_tokens']),
    },
    client: text(line['client_ip'], 64),
    forwardedFor: header(headers, 'x-forwarded-for', 1024),
    method: text(request['method'], 32),
    target: text(request['uri'], 8192) ?? text(request['url'], 8192),
    status: status(response['status']),
    durationMs: amount(line['latency']),
    userAgent: header(headers, 'user-agent', 512),
    credential: credentialOf(consumer, headers),
    authorization: header(headers, 'authorization', 16_384),
    apiKey: apiKeyOf(headers),
    cookie: header(headers, 'cookie', 4096),
  };
}

export const apisix: Format = {
  id: 'apisix',
  title: 'Apache APISIX (kafka-logger, http-logger; AI summaries)',
  shape: 'json',
  matches: (line) =>
    (line['start_time'] !== undefined &&
      (line['route_id'] !== undefined || line['service_id'] !== undefined) &&
      typeof line['request'] === 'object' &&
      typeof line['response'] === 'object') ||
    isFromApisix(line),
  read,
  pitfalls: [
    'The header x-credential-identifier is its own only where it authenticated a consumer, so it counts beside consumer_name alone; of the anonymous consumer all callers are one credential.',
    'The default entry holds all request headers as they came: apikey and authorization arrive raw. They are hashed on arrival; set log_format to keep them out of Kafka too.',
    'A message is an array of up to 1000 entries unless batch_max_size is 1.',
    'The Kafka timestamp is −1 unless api_version is 2; the event time is start_time.',
    'kafka-logger cannot write to Kafka 4, which no longer takes its produce requests.',
    'meta_format: origin logs raw HTTP text, which is refused.',
  ],
  snippet: {
    language: 'json',
    text: `{"log_format": {
  "time": "$time_iso8601", "request_id": "$request_id", "client_ip": "$remote_addr",
  "method": "$request_method", "path": "$uri", "status": "$status", "host": "$host",
  "bytes_in": "$request_length", "bytes_out": "$bytes_sent", "duration_s": "$request_time",
  "user_agent": "$http_user_agent", "consumer_id": "$consumer_name",
  "x_credential_identifier": "$http_x_credential_identifier"
}}`,
  },
  yields: {
    byDefault: [...ordinary, 'requestBytes', 'consumerId', 'credentialId'],
    withSnippet: ['credentialId', 'httpRequestId', 'durationMs'],
  },
  verified: 'lines of APISIX 2.5 and 3.16; consumer, headers and llm_summary after its source (log-util.lua)',
};
