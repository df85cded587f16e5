import { type JsonObject, object } from './text.ts';

const deepest = 8;

/**
 * OTLP's `resourceLogs` → one flat object a log record: attributes of resource, scope and record by
 * their dotted names, the record's winning; time and trace id beside them. A body that is an object
 * or JSON text gives its own keys; any other body stands under `message`.
 */
export function otlpLines(resourceLogs: readonly unknown[]): unknown[] {
  const lines: unknown[] = [];
  for (const resourceLog of resourceLogs) {
    const { resource, scopeLogs } = object(resourceLog);
    const shared = attributesOf(object(resource)['attributes']);
    for (const scopeLog of listOf(scopeLogs)) {
      for (const record of listOf(object(scopeLog)['logRecords'])) lines.push(lineOf(object(record), shared));
    }
  }
  return lines;
}

function lineOf(record: JsonObject, shared: JsonObject): JsonObject {
  const body = anyValue(record['body'], 0);
  const time = record['timeUnixNano'];
  return {
    ...shared,
    ...(typeof body === 'string' ? { message: body } : object(body)),
    ...attributesOf(record['attributes']),
    '@timestamp': time === undefined || time === '0' ? record['observedTimeUnixNano'] : time,
    trace_id: record['traceId'],
  };
}

function attributesOf(list: unknown): JsonObject {
  const entries: [string, unknown][] = [];
  for (const entry of listOf(list)) {
    const { key, value } = object(entry);
    if (typeof key === 'string') entries.push([key, anyValue(value, 0)]);
  }
  return Object.fromEntries(entries);
}

/** `{stringValue}`, `{intValue: "5"}`, `{arrayValue}`, `{kvlistValue}` … → the value itself. */
function anyValue(value: unknown, depth: number): unknown {
  if (depth > deepest) return null;
  const wrapped = object(value);
  for (const kind of ['stringValue', 'intValue', 'doubleValue', 'boolValue', 'bytesValue']) {
    if (wrapped[kind] !== undefined) return wrapped[kind];
  }
  if (wrapped['arrayValue'] !== undefined)
    return listOf(object(wrapped['arrayValue'])['values']).map((one) => anyValue(one, depth + 1));
  if (wrapped['kvlistValue'] !== undefined) {
    const entries = listOf(object(wrapped['kvlistValue'])['values']).map((entry) => {
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
