import type { Format, GatewayCredential, Reading } from '../format.ts';
import { amount, type JsonObject, object, status, text } from '../text.ts';
import { looksHashed, ordinary, pick } from './fields.ts';

/** SHA-256 of nothing: the key of a call without one, where keys are hashed that way. */
const hashOfNothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/**
 * The key as Tyk logs it: in clear, hashed or with all but its end hidden. Null for a call without one,
 * which is logged as dashes or as the hash of an empty text (zeros, with any of the murmur hashes).
 */
export function tykKey(value: unknown): string | null {
  const key = text(value, 4096);
  if (key === null || key === hashOfNothing) return null;
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (code !== 0x30 && code !== 0x2d) return key;
  }
  return null;
}

function credentialOf(line: JsonObject): GatewayCredential | null {
  const client = text(line['oauth_id']);
  return client === null ? null : { id: client, type: 'oauth_client', name: text(line['alias']) };
}

/** With url normalisation `path` is a template; `raw_path` is always what was asked for. */
function templateOf(line: JsonObject): string | null {
  const path = text(pick(line, 'path', 'request_uri'), 512);
  return path?.includes('{') && path !== pick(line, 'raw_path', 'request_uri_full') ? path : null;
}

function read(line: JsonObject): Reading {
  const credential = credentialOf(line);
  const key = tykKey(line['api_key']);
  const latency = object(line['latency']);
  const mcp = object(line['mcp_stats']);
  return {
    time: pick(line, 'timestamp', '@timestamp', 'time_stamp'),
    timeIsEnd: true,
    plain: {
      traceId: text(line['trace_id'], 64),
      organizationId: text(line['org_id']),
      host: text(line['host']),
      requestBytes: amount(line['content_length']),
      upstreamDurationMs: amount(latency['upstream']),
      credentialName: text(line['alias']),
      clientCountry: countryOf(line),
      apiId: text(line['api_id']),
      apiName: text(line['api_name']),
      mcpMethod: text(mcp['jsonrpc_method']),
      genAiToolName: mcp['primitive_type'] === 'tool' ? text(mcp['primitive_name']) : null,
    },
    client: text(line['ip_address'], 64),
    method: text(pick(line, 'method', 'http_method'), 32),
    target: text(pick(line, 'raw_path', 'original_path', 'request_uri_full', 'request_uri', 'path'), 8192),
    route: templateOf(line),
    status: status(line['response_code']),
    durationMs: amount(pick(line, 'request_time_ms', 'request_time')) ?? amount(latency['total']),
    userAgent: text(line['user_agent'], 512),
    credential,
    // Behind an OAuth client the key is one of its access tokens.
    authorization: credential === null || key === null ? null : `Bearer ${key}`,
    apiKey: credential === null ? key : null,
    isKeyHashed: looksHashed(key),
  };
}

function countryOf(line: JsonObject): string | null {
  const code = text(object(object(line['geo'])['country'])['iso_code'], 8);
  return code?.length === 2 ? code : null;
}

const snippet: Format['snippet'] = {
  language: 'bash',
  text: `# Gateway: keys are hashed before anything is written, and requests are not recorded whole.
TYK_GW_HASHKEYS=true
TYK_GW_HASHKEYFUNCTION=sha256
TYK_GW_ENABLEANALYTICS=true
TYK_GW_ANALYTICSCONFIG_ENABLEDETAILEDRECORDING=false
# Pump: one record a message.
TYK_PMP_PUMPS_KAFKA_TYPE=kafka
TYK_PMP_PUMPS_KAFKA_META_BROKER=kafka:9092
TYK_PMP_PUMPS_KAFKA_META_TOPIC=gateway-logs
TYK_PMP_PUMPS_KAFKA_META_CLIENTID=tyk-pump`,
};

export const tyk: Format = {
  id: 'tyk',
  title: 'Tyk (analytics records of Tyk Pump; Kafka built in)',
  shape: 'json',
  matches: (line) =>
    line['org_id'] !== undefined &&
    line['api_id'] !== undefined &&
    line['api_key'] !== undefined &&
    (line['request_time_ms'] !== undefined || line['request_time'] !== undefined),
  read,
  pitfalls: [
    'api_key, and the key- tag, are the raw key unless hash_keys is on: only its keyed hash is kept, but it lies in the topic.',
    'hash_keys must be on before the first key is made: keys that are stored in clear are not found afterwards.',
    'The default hash has 32 bits: among many keys two will meet; set hash_key_function to sha256.',
    'Detailed recording puts the whole request, Authorization included, into raw_request: it is never read.',
    'ip_address believes X-Real-IP and X-Forwarded-For of anybody: let only your load balancer reach Tyk.',
    'Records come in bursts of the purge interval, keyed by nothing; the time of the Kafka record is that of the pump.',
    'The Kafka pump leaves out sizes of answers, upstream latency and MCP statistics.',
  ],
  snippet,
  yields: {
    byDefault: [
      ...ordinary.filter((field) => field !== 'responseBytes'),
      'credentialId',
      'requestBytes',
      'organizationId',
    ],
    withSnippet: [],
  },
  verified: "lines written after the documented shape and the Kafka pump's source; not run",
};
