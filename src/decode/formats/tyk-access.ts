import type { Format, Reading, ReadResult } from '../format.ts';
import { amount, isMissing, type JsonObject, status, text } from '../text.ts';
import { hostOf, looksHashed, ordinary, pick } from './fields.ts';
import { logfmt } from './tokens.ts';
import { tykKey } from './tyk.ts';
import { withYear } from './yearless-time.ts';

/** A call may fail inside an answer of status 200. */
function errorOf(line: JsonObject): string | null {
  const rpc = text(line['jsonrpc_error_code'], 32);
  return rpc === null || rpc === '0' ? text(line['response_flag']) : `jsonrpc:${rpc}`;
}

function read(line: JsonObject, receivedMs?: number): Reading {
  const error = errorOf(line);
  const key = tykKey(line['api_key']);
  return {
    time: withYear(line['time'], receivedMs) ?? pick(line, 'time', 'timestamp', '@timestamp'),
    timeIsEnd: true,
    plain: {
      traceId: text(line['trace_id'], 64),
      organizationId: text(line['org_id']),
      host: text(line['host']),
      apiId: text(line['api_id']),
      apiName: text(line['api_name']),
      upstreamDurationMs: amount(line['upstream_latency']),
      upstreamName: hostOf(pick(line, 'upstream_addr', 'upstream_address')),
      errorType: error,
      ...(error?.startsWith('jsonrpc:') ? { outcome: 'failure' as const } : {}),
      mcpMethod: text(line['jsonrpc_method']),
      mcpSessionId: text(line['mcp_session_id']),
      genAiToolName: text(line['mcp_tool']),
    },
    peer: text(line['remote_addr'], 64),
    client: text(line['client_ip'], 64),
    method: text(line['method'], 32),
    target: text(line['path'], 8192),
    status: status(line['status']),
    durationMs: amount(line['latency_total']),
    userAgent: text(line['user_agent'], 512),
    apiKey: key,
    isKeyHashed: looksHashed(key),
  };
}

const pitfalls = [
  'api_key shows its last four characters only, so different keys may look the same: turn hash_keys on.',
  'With enable_key_logging the raw key is logged: only its keyed hash is kept, but it lies in the log.',
  'client_ip believes X-Real-IP and X-Forwarded-For of anybody: let only your load balancer reach Tyk.',
  'The log has no sizes. A template leaves out what it does not name: keep the default.',
];

const snippet: Format['snippet'] = {
  language: 'bash',
  text: `TYK_GW_ACCESSLOGS_ENABLED=true
TYK_GW_LOGFORMAT=json
# Keys are hashed before anything is written; to be set before the first key is made.
TYK_GW_HASHKEYS=true
TYK_GW_HASHKEYFUNCTION=sha256`,
};

const yields: Format['yields'] = {
  byDefault: [...ordinary.filter((field) => field !== 'responseBytes'), 'credentialId', 'organizationId'],
  withSnippet: [],
};

const verified = "lines written after the documented shape and the gateway's source; not run";

export const tykAccess: Format = {
  id: 'tyk-access',
  title: 'Tyk access log (JSON)',
  shape: 'json',
  matches: (line) => line['prefix'] === 'access-log',
  read: (line, _text, receivedMs) => read(line, receivedMs),
  pitfalls,
  snippet,
  yields,
  verified,
};

/** Its values are quoted where they hold a blank or a quote, so no caller can write the mark itself. */
function readText(line: string, receivedMs?: number): ReadResult {
  const pairs = logfmt(line);
  if (pairs['prefix'] !== 'access-log' || isMissing(pairs['time']))
    return { refuse: 'missing-field', detail: 'the line needs time= and prefix=access-log' };
  return read(pairs, receivedMs);
}

export const tykAccessText: Format = {
  id: 'tyk-access-text',
  title: 'Tyk access log (text, its default)',
  shape: 'text',
  matches: (_line, line) => line.startsWith('time=') && line.includes(' prefix=access-log'),
  read: (_line, line, receivedMs) => readText(line, receivedMs),
  pitfalls: [
    ...pitfalls,
    'The time has neither year nor zone: the latest year that fits and decode.assumeTimezoneMinutes are taken; use log_format json.',
  ],
  snippet,
  yields,
  verified,
};
