import { isUtf8 } from 'node:buffer';
import { parseJson } from './json.ts';
import { type JsonObject, object } from './text.ts';

const deepest = 8;
const noTrace = '0'.repeat(32);
/** Where OpenTelemetry puts the scope's name outside OTLP; tells a log record from other objects. */
export const scopeMark = 'otel.scope.name';

/**
 * OTLP's `resourceLogs` → one flat object a log record: attributes of resource, scope and record by
 * their dotted names, the record's winning; time, trace id and the scope's name beside them. A body
 * that is an object or JSON text gives its own keys, and JSON text wins over all: it is the line
 * itself. Any other body stands under `message`. Some writers keep the names of the protocol's files,
 * which are in snake case.
 */
export function otlpLines(resourceLogs: readonly unknown[], maxDepth: number): unknown[] {
  const lines: unknown[] = [];
  for (const resourceLog of resourceLogs) {
    const { resource, scopeLogs, scope_logs: snakeScopes } = object(resourceLog);
    const shared = attributesOf(object(resource)['attributes']);
    for (const scopeLog of listOf(scopeLogs ?? snakeScopes)) {
      const { scope, logRecords, log_records: snakeRecords } = object(scopeLog);
      const around = { ...shared, ...attributesOf(object(scope)['attributes']) };
      const scopeName = object(scope)['name'];
      for (const record of listOf(logRecords ?? snakeRecords))
        lines.push(lineOf(object(record), around, typeof scopeName === 'string' ? scopeName : '', maxDepth));
    }
  }
  return lines;
}

function lineOf(record: JsonObject, around: JsonObject, scopeName: string, maxDepth: number): JsonObject {
  const body = bodyOf(record['body']);
  const logged = present(record['timeUnixNano'] ?? record['time_unix_nano']);
  const marks = { trace_id: traceId(record['traceId'] ?? record['trace_id']), [scopeMark]: scopeName };
  const attributes = attributesOf(record['attributes']);
  const inner = typeof body === 'string' && body.startsWith('{') ? parseJson(body, maxDepth) : null;
  if (inner?.kind === 'value') {
    // When the record was read says nothing about a line that has a time of its own.
    return {
      ...around,
      ...attributes,
      ...marks,
      ...(logged === null ? {} : { '@timestamp': logged }),
      ...object(inner.value),
    };
  }
  return {
    ...around,
    ...(typeof body === 'string' ? { message: body } : object(body)),
    ...attributes,
    ...marks,
    '@timestamp': logged ?? present(record['observedTimeUnixNano'] ?? record['observed_time_unix_nano']),
  };
}

/** A record's time is 0 when nobody knows it. */
function present(nanos: unknown): unknown {
  return nanos === undefined || nanos === null || nanos === '0' || nanos === 0 ? null : nanos;
}

/** Some exporters write 32 zeros for no trace. */
function traceId(value: unknown): string | null {
  return typeof value !== 'string' || value === '' || value === noTrace ? null : value;
}

/** Lines read as bytes (the collector's `nop` encoding) are text nearly always. */
function bodyOf(wrapped: unknown): unknown {
  const { bytesValue: camel, bytes_value: snake } = object(wrapped);
  const bytesValue = camel ?? snake;
  if (typeof bytesValue !== 'string') return anyValue(wrapped, 0);
  const bytes = Buffer.from(bytesValue, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : bytesValue;
}

function attributesOf(list: unknown): JsonObject {
  const entries: [string, unknown][] = [];
  for (const entry of listOf(list)) {
    const { key, value } = object(entry);
    if (typeof key === 'string') entries.push([key, anyValue(value, 0)]);
  }
  return Object.fromEntries(entries);
}

const plainKinds = [
  'stringValue',
  'intValue',
  'doubleValue',
  'boolValue',
  'bytesValue',
  'string_value',
  'int_value',
  'double_value',
  'bool_value',
  'bytes_value',
];

/** `{stringValue}`, `{intValue: "5"}`, `{arrayValue}`, `{kvlistValue}` … → the value itself. */
function anyValue(value: unknown, depth: number): unknown {
  if (depth > deepest) return null;
  const wrapped = object(value);
  for (const kind of plainKinds) if (wrapped[kind] !== undefined) return wrapped[kind];
  const array = wrapped['arrayValue'] ?? wrapped['array_value'];
  if (array !== undefined) return listOf(object(array)['values']).map((one) => anyValue(one, depth + 1));
  const pairs = wrapped['kvlistValue'] ?? wrapped['kvlist_value'];
  if (pairs !== undefined) {
    const entries = listOf(object(pairs)['values']).map((entry) => {
      const { key, value: inner } = object(entry);
      return [String(key), anyValue(inner, depth + 1)] as const;
    });
    return Object.fromEntries(entries);
  }
  return null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
