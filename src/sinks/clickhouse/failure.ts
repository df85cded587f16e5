import { ClickHouseError } from '@clickhouse/client';

/**
 * What a failed statement means:
 * - `passing`: mends itself (network, restart, too many parts, memory): retry.
 * - `blocked`: needs room or a quota, and goes on as soon as there is some: retry, and say so.
 * - `refused`: wrong configuration or schema: retry for a while, for a person may be mending it.
 */
export interface Failure {
  readonly kind: 'passing' | 'blocked' | 'refused';
  /** One line: what happened and what to do. */
  readonly text: string;
}

const passing = new Set([
  '3', // UNEXPECTED_END_OF_FILE
  '159', // TIMEOUT_EXCEEDED
  '164', // READONLY: a replica or disk that lost its keeper or was remounted says so for a while
  '202', // TOO_MANY_SIMULTANEOUS_QUERIES
  '203', // NO_FREE_CONNECTION
  '209', // SOCKET_TIMEOUT
  '210', // NETWORK_ERROR
  '225', // NO_ZOOKEEPER
  '236', // ABORTED
  '241', // MEMORY_LIMIT_EXCEEDED
  '242', // TABLE_IS_READ_ONLY
  '252', // TOO_MANY_PARTS
  '279', // ALL_CONNECTION_TRIES_FAILED
  '285', // TOO_FEW_LIVE_REPLICAS
  '286', // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  '319', // UNKNOWN_STATUS_OF_INSERT
  '394', // QUERY_WAS_CANCELLED
  '425', // SYSTEM_ERROR
  '439', // CANNOT_SCHEDULE_TASK
  '473', // DEADLOCK_AVOIDED
  '999', // KEEPER_EXCEPTION
]);

const advice = new Map([
  ['16', 'the table lacks a column: was the schema changed by hand?'],
  ['47', 'the table lacks a column: was the schema changed by hand?'],
  ['117', 'the table does not fit this version: was the schema changed by hand?'],
  ['60', 'a table is missing: was it dropped? Restart to see which migrations are recorded'],
  ['81', 'the database is missing: was it dropped? Restart to make it anew'],
  ['192', 'check clickhouse.user'],
  ['193', 'check clickhouse.passwordFile'],
  ['194', 'a password is needed: set clickhouse.passwordFile'],
  ['497', 'grant the user SELECT and INSERT on the database'],
  ['516', 'check clickhouse.user and clickhouse.passwordFile'],
]);

const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
]);

export function classify(error: unknown): Failure {
  const { code, message } = parts(error);
  const line = oneLine(message);
  if (code === '243' || code === 'ENOSPC' || message.includes('No space left on device')) {
    return { kind: 'blocked', text: `the disk is full: free some space there (${line})` };
  }
  if (code === '201') return { kind: 'blocked', text: `quota used up: raise it or wait (${line})` };
  if (networkCodes.has(code)) return { kind: 'passing', text: `cannot reach it (${code}): is it running?` };
  if (passing.has(code)) return { kind: 'passing', text: line };
  if (/^\d+$/.test(code)) {
    return { kind: 'refused', text: `${line} (code ${code}); ${advice.get(code) ?? 'see its log'}` };
  }
  if (code.includes('CERT') || code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')) {
    return { kind: 'refused', text: `TLS: ${line}; check clickhouse.tls` };
  }
  if (/timeout|timed out|socket hang up|aborted/i.test(message)) return { kind: 'passing', text: line };
  const status = /\b(401|403)\b/.exec(message);
  if (status !== null)
    return { kind: 'refused', text: `${line}; check clickhouse.user and clickhouse.passwordFile` };
  // A proxy's error page, a half-read answer: no code of ClickHouse's own says that it refused.
  return { kind: 'passing', text: line };
}

function parts(error: unknown): { code: string; message: string } {
  if (error instanceof ClickHouseError) return { code: error.code, message: error.message };
  if (!(error instanceof Error)) return { code: '', message: String(error) };
  const code = 'code' in error ? String(error.code) : '';
  if (code === '' && error instanceof AggregateError && error.errors.length > 0)
    return parts(error.errors[0]);
  // Answers in a form the client does not know (other versions, broken off streams) still begin so.
  const inText = /^Code: (\d{1,5})\b/.exec(error.message)?.[1];
  return { code: code === '' ? (inText ?? '') : code, message: error.message };
}

/** First line, capped, without control characters: it goes to terminals and health pages. */
export function oneLine(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  return line.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 240);
}
