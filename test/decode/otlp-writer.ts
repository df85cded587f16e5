import protobuf from 'protobufjs/light.js';

type Value =
  | string
  | number
  | boolean
  | bigint
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

export interface LogRecord {
  readonly timeMs?: number;
  readonly observedMs?: number;
  readonly traceId?: string;
  readonly body?: Value;
  readonly attributes?: { readonly [key: string]: Value };
}

const { Writer } = protobuf;
const bytesField = (number: number) => (number << 3) | 2;

/** One batch of one resource and scope in protobuf, written field by field after the published .proto. */
export function otlpBytes(
  records: readonly LogRecord[],
  resource: { readonly [key: string]: Value } = {},
): Uint8Array {
  const scopeLogs = Writer.create();
  scopeLogs.uint32(bytesField(1)).bytes(Writer.create().uint32(bytesField(1)).string('gateway').finish());
  for (const record of records) scopeLogs.uint32(bytesField(2)).bytes(recordBytes(record));
  const resourceLogs = Writer.create();
  resourceLogs.uint32(bytesField(1)).bytes(keyValues(resource, 1));
  resourceLogs.uint32(bytesField(2)).bytes(scopeLogs.finish());
  return Writer.create().uint32(bytesField(1)).bytes(resourceLogs.finish()).finish();
}

/** The same batch in OTLP JSON. */
export function otlpJson(
  records: readonly LogRecord[],
  resource: { readonly [key: string]: Value } = {},
): object {
  const nanos = (ms: number | undefined) => (ms === undefined ? undefined : String(BigInt(ms) * 1_000_000n));
  const logRecords = records.map((record) => ({
    timeUnixNano: nanos(record.timeMs),
    observedTimeUnixNano: nanos(record.observedMs),
    traceId: record.traceId,
    body: record.body === undefined ? undefined : jsonValue(record.body),
    attributes: jsonPairs(record.attributes ?? {}),
  }));
  return {
    resourceLogs: [
      {
        resource: { attributes: jsonPairs(resource) },
        scopeLogs: [{ scope: { name: 'gateway' }, logRecords }],
      },
    ],
  };
}

function recordBytes({ timeMs, observedMs, traceId, body, attributes = {} }: LogRecord): Uint8Array {
  const writer = Writer.create();
  const nanos = (ms: number) => String(BigInt(ms) * 1_000_000n);
  if (timeMs !== undefined) writer.uint32((1 << 3) | 1).fixed64(nanos(timeMs));
  writer.uint32(2 << 3).int32(9);
  writer.uint32(bytesField(3)).string('INFO');
  if (body !== undefined) writer.uint32(bytesField(5)).bytes(valueBytes(body));
  writer.raw(keyValues(attributes, 6));
  writer.uint32((8 << 3) | 5).fixed32(1);
  if (traceId !== undefined) writer.uint32(bytesField(9)).bytes(Buffer.from(traceId, 'hex'));
  if (observedMs !== undefined) writer.uint32((11 << 3) | 1).fixed64(nanos(observedMs));
  // An event's name came late: older readers meet a field they do not know.
  writer.uint32(bytesField(12)).string('http.server.request');
  return writer.finish();
}

function keyValues(pairs: { readonly [key: string]: Value }, field: number): Uint8Array {
  const writer = Writer.create();
  for (const [key, value] of Object.entries(pairs)) {
    const pair = Writer.create().uint32(bytesField(1)).string(key);
    pair.uint32(bytesField(2)).bytes(valueBytes(value));
    writer.uint32(bytesField(field)).bytes(pair.finish());
  }
  return writer.finish();
}

function valueBytes(value: Value): Uint8Array {
  const writer = Writer.create();
  if (typeof value === 'string') return writer.uint32(bytesField(1)).string(value).finish();
  if (typeof value === 'boolean')
    return writer
      .uint32(2 << 3)
      .bool(value)
      .finish();
  if (typeof value === 'bigint' || Number.isInteger(value))
    return writer
      .uint32(3 << 3)
      .int64(String(value))
      .finish();
  if (typeof value === 'number')
    return writer
      .uint32((4 << 3) | 1)
      .double(value)
      .finish();
  if (value instanceof Uint8Array) return writer.uint32(bytesField(7)).bytes(value).finish();
  const inner = Writer.create();
  if (Array.isArray(value)) {
    for (const one of value as readonly Value[]) inner.uint32(bytesField(1)).bytes(valueBytes(one));
    return writer.uint32(bytesField(5)).bytes(inner.finish()).finish();
  }
  return writer
    .uint32(bytesField(6))
    .bytes(keyValues(value as { [key: string]: Value }, 1))
    .finish();
}

function jsonPairs(pairs: { readonly [key: string]: Value }): object[] {
  return Object.entries(pairs).map(([key, value]) => ({ key, value: jsonValue(value) }));
}

function jsonValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint' || Number.isInteger(value)) return { intValue: String(value) };
  if (typeof value === 'number') return { doubleValue: value };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return { arrayValue: { values: (value as readonly Value[]).map(jsonValue) } };
  return { kvlistValue: { values: jsonPairs(value as { [key: string]: Value }) } };
}
