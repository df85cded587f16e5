import protobuf from 'protobufjs/light.js';

type Fields = Record<string, string>;

/** Message types of OTLP logs v1, as far as they are read: field name → number and type, `*` for a list. */
const messages: Record<string, Fields> = {
  LogsData: { resourceLogs: '1 ResourceLogs*' },
  ResourceLogs: { resource: '1 Resource', scopeLogs: '2 ScopeLogs*' },
  Resource: { attributes: '1 KeyValue*' },
  ScopeLogs: { scope: '1 Scope', logRecords: '2 LogRecord*' },
  Scope: { name: '1 string' },
  LogRecord: {
    timeUnixNano: '1 fixed64',
    body: '5 AnyValue',
    attributes: '6 KeyValue*',
    traceId: '9 bytes',
    observedTimeUnixNano: '11 fixed64',
  },
  KeyValue: { key: '1 string', value: '2 AnyValue' },
  KeyValueList: { values: '1 KeyValue*' },
  ArrayValue: { values: '1 AnyValue*' },
  AnyValue: {
    stringValue: '1 string',
    boolValue: '2 bool',
    intValue: '3 int64',
    doubleValue: '4 double',
    arrayValue: '5 ArrayValue',
    kvlistValue: '6 KeyValueList',
    bytesValue: '7 bytes',
  },
};

/** ExportLogsServiceRequest, which exporters send, has the same wire form as LogsData. */
const logsData = protobuf.Root.fromJSON({
  nested: Object.fromEntries(Object.entries(messages).map(([name, fields]) => [name, typeOf(name, fields)])),
}).lookupType('LogsData');

function typeOf(name: string, fields: Fields): protobuf.IType {
  const described = Object.entries(fields).map(([field, words]) => {
    const [id, type = ''] = words.split(' ');
    return [
      field,
      { id: Number(id), type: type.replace('*', ''), ...(type.endsWith('*') ? { rule: 'repeated' } : {}) },
    ];
  });
  const oneofs = name === 'AnyValue' ? { oneofs: { value: { oneof: Object.keys(fields) } } } : {};
  return { fields: Object.fromEntries(described), ...oneofs };
}

/** Two bytes make an empty message, which takes a hundred in memory: fields are counted, not bytes alone. */
const mostFields = 2_000_000;

class TooMany extends Error {}

class CountingReader extends protobuf.BufferReader {
  #left = mostFields;

  override tag(): number {
    this.#left -= 1;
    if (this.#left < 0) throw new TooMany();
    return super.tag();
  }
}

export type OtlpBatch =
  /** `resourceLogs` in the shape of OTLP JSON. */
  | { readonly resourceLogs: readonly unknown[] }
  | {
      readonly reason: 'envelope-invalid' | 'unsupported-encoding' | 'too-deep' | 'too-long';
      readonly detail: string;
    };

/**
 * A batch of OTLP logs in protobuf, the default encoding of the collector's Kafka exporter; null when
 * the bytes are none. Whatever they hold, it ends in a batch or a reason, in linear time.
 */
export function otlpBatch(bytes: Uint8Array): OtlpBatch | null {
  if (!looksLikeBatch(bytes)) return null;
  const signal = otherSignal(bytes);
  if (signal)
    return {
      reason: 'unsupported-encoding',
      detail: 'OTLP traces or metrics in protobuf; subscribe to the topic of the logs (otlp_logs)',
    };
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const reader = new CountingReader(buffer);
    reader.discardUnknown = true;
    const batch = logsData.toObject(logsData.decode(reader), { longs: String, bytes: String });
    return { resourceLogs: listOf(batch['resourceLogs']).map(withHexTraces) };
  } catch (error) {
    // Pretty-printed JSON after an empty line begins with the same bytes.
    return startsLikeText(bytes) ? null : refusalOf(error);
  }
}

/** Trace ids are hexadecimal in OTLP JSON, all other bytes base64. */
function withHexTraces(resourceLog: Tree): Tree {
  for (const { logRecords } of listOf(resourceLog['scopeLogs'])) {
    for (const record of listOf(logRecords)) {
      const id = record['traceId'];
      if (typeof id === 'string') record['traceId'] = Buffer.from(id, 'base64').toString('hex');
    }
  }
  return resourceLog;
}

type Tree = Record<string, unknown>;

function listOf(value: unknown): Tree[] {
  return Array.isArray(value) ? value : [];
}

/** Field 1 of the batch, its length, then field 1 or 2 of ResourceLogs. */
function looksLikeBatch(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a || bytes.byteLength < 4) return false;
  let at = 1;
  while (at < 6 && ((bytes[at] as number) & 0x80) !== 0) at += 1;
  const inner = bytes[at + 1];
  return inner === 0x0a || inner === 0x12;
}

function startsLikeText(bytes: Uint8Array): boolean {
  const second = bytes[1];
  return second === 0x7b || second === 0x5b || second === 0x20 || second === 0x0a || second === 0x0d;
}

/**
 * Spans and metrics lie in the same two envelopes, but begin with a text or bytes where a log record
 * has its time.
 */
function otherSignal(bytes: Uint8Array): boolean {
  try {
    const reader = new protobuf.Reader(bytes);
    enter(reader, 1);
    enter(reader, 2);
    enter(reader, 2);
    return reader.tag() === 0x0a;
  } catch {
    // Cut short or no such field: the whole is read next, and says what is wrong.
    return false;
  }
}

/** Moves to the content of the next field of that number; throws when the bytes end before. */
function enter(reader: protobuf.Reader, field: number): void {
  for (let tag = reader.tag(); tag !== ((field << 3) | 2); tag = reader.tag()) reader.skipType(tag & 7);
  reader.uint32();
}

function refusalOf(error: unknown): OtlpBatch {
  if (error instanceof TooMany)
    return {
      reason: 'too-long',
      detail: `OTLP protobuf of more than ${mostFields} fields; send smaller batches`,
    };
  if (error instanceof Error && error.message === 'max depth exceeded')
    return {
      reason: 'too-deep',
      detail: `OTLP protobuf nested deeper than ${protobuf.Reader.recursionLimit} levels`,
    };
  return {
    reason: 'envelope-invalid',
    detail: 'OTLP protobuf that is broken or cut short; check the size limits between exporter and topic',
  };
}
