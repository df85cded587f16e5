import type { Claims, Format, Reading, ReadResult } from '../format.ts';
import { amount, type JsonObject, status, text } from '../text.ts';
import { goDurationMs, ordinary, pick, scaled } from './fields.ts';
import { partsOf } from './tokens.ts';

/** A claim; null also where the token has none and the placeholder stays as it was written. */
function claim(line: JsonObject, ...names: readonly string[]): string | null {
  const value = text(pick(line, ...names), 512);
  return value === null || value.startsWith('%{') || value === '<no value>' ? null : value;
}

function claimsOf(line: JsonObject): Claims | null {
  const sub = claim(line, 'jwt_sub', 'sub', 'jwt.sub');
  const client = claim(line, 'jwt_azp', 'jwt_client_id', 'azp', 'client_id', 'jwt.azp');
  if (sub === null && client === null) return null;
  return {
    iss: claim(line, 'jwt_iss', 'iss', 'jwt.iss'),
    sub,
    azp: client,
    jti: claim(line, 'jwt_jti', 'jti', 'jwt.jti'),
  };
}

function read(line: JsonObject): Reading {
  const path = text(line['path'], 8192);
  const query = text(line['query'], 8192);
  return {
    time: pick(line, 'time', '@timestamp'),
    timeIsEnd: true,
    plain: {
      httpRequestId: text(line['request_id']),
      gatewayName: text(line['prefix']),
      host: text(line['host']),
    },
    client: text(line['client_ip'], 64),
    method: text(line['method'], 32),
    target: path === null || query === null || path.includes('?') ? path : `${path}?${query}`,
    status: status(line['status_code']),
    durationMs: amount(line['latency_ms']) ?? scaled(line['latency'], 1000) ?? goDurationMs(line['latency']),
    userAgent: claim(line, 'user_agent'),
    claims: claimsOf(line),
  };
}

const snippet: Format['snippet'] = {
  language: 'json',
  text: `{ "version": 3, "extra_config": { "telemetry/logging": {
    "level": "INFO", "prefix": "krakend", "stdout": true, "access_log_format": "custom",
    "access_log_custom_format": "{\\"path\\":\\"%{path}\\",\\"prefix\\":\\"%{prefix}\\",\\"time\\":\\"%{time}\\",\\"status_code\\":%{statusCode},\\"latency_ms\\":\\"%{latencyMs}\\",\\"client_ip\\":\\"%{clientIP}\\",\\"method\\":\\"%{method}\\",\\"jwt_iss\\":\\"%{jwt.iss}\\",\\"jwt_azp\\":\\"%{jwt.azp}\\",\\"jwt_sub\\":\\"%{jwt.sub}\\",\\"jwt_jti\\":\\"%{jwt.jti}\\"}\\n"
} } }`,
};

const withoutSizes = ordinary.filter((field) => field !== 'responseBytes' && field !== 'userAgent');

export const krakend: Format = {
  id: 'krakend',
  title: 'KrakenD Enterprise access log (JSON)',
  shape: 'json',
  matches: (line) =>
    line['prefix'] !== undefined &&
    line['status_code'] !== undefined &&
    line['client_ip'] !== undefined &&
    (line['latency'] !== undefined || line['latency_ms'] !== undefined),
  read,
  pitfalls: [
    'No credential by default: add the claims of the token. An API key has no safe form in this log.',
    'Values are not escaped: no header may stand in the format, and the path stands before the claims, so that no caller can put his own in their place.',
    'latency is in seconds, and the time has no zone: decode.assumeTimezoneMinutes is taken.',
    '%{header.Authorization} and %{query} log the secret itself.',
  ],
  snippet,
  yields: {
    byDefault: withoutSizes,
    withSnippet: ['credentialId', 'tokenId', 'tokenIssuer', 'tokenSubject'],
  },
  verified: "lines written after the documentation's json and custom formats; not run",
};

/** `… 2026/01/05 - 10:00:00 | 200 | 4.5ms | 203.0.113.9 | GET "/path"`; Enterprise has milliseconds and no quotes. */
function readText(line: string): ReadResult {
  const bar = line.indexOf('|');
  const head = line.slice(0, bar);
  const dash = head.indexOf(' - ');
  const fields = line.slice(bar + 1).split('|', 3);
  const [code, took, address] = fields.map((field) => field.trim());
  const rest = line.slice(bar + fields.join('|').length + 2).trim();
  const [method, path] = partsOf(rest, 2);
  if (dash < 10 || code === undefined || address === undefined || path === undefined)
    return { refuse: 'missing-field', detail: 'the line needs time, status, latency, address and "path"' };
  const end = head.indexOf(' ', dash + 3);
  return {
    time: head.slice(dash - 10, end < 0 ? undefined : end),
    timeIsEnd: true,
    client: text(address, 64),
    method: text(method?.value, 32),
    target: text(path.value, 8192),
    status: status(code),
    durationMs: goDurationMs(took) ?? amount(took),
  };
}

export const krakendText: Format = {
  id: 'krakend-text',
  title: 'KrakenD access log (text, the default of both editions)',
  shape: 'text',
  matches: (_line, line) =>
    (line.startsWith('[GIN] ') && line.includes(' | ')) || line.slice(0, 256).includes(' [AccessLog] |'),
  read: (_line, line) => readText(line),
  pitfalls: [
    'Only the Enterprise edition can change its access log; in that of the community edition there is no credential and no user agent.',
    'The time is that of the answer, in whole seconds and without a zone: decode.assumeTimezoneMinutes is taken.',
    'Any program built on Gin logs the same line.',
    'The path holds the query: keys in it are hashed here, but lie in the log.',
  ],
  snippet,
  yields: {
    byDefault: withoutSizes,
    withSnippet: ['credentialId', 'tokenId', 'tokenIssuer', 'tokenSubject'],
  },
  verified: "lines written after the documentation's samples of both editions; not run",
};
