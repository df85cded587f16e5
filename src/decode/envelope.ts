import { parseJson } from './json.ts';
import { isJson, isKnownText } from './known-text.ts';
import { otlpLines } from './otlp-json.ts';
import { runtimeLine } from './runtime-line.ts';
import { type JsonObject, noObject, object } from './text.ts';

const textObjects = ['properties', 'ai_log', 'metadata'];

/** What an envelope of JSON holds; null when the object itself is the event. */
export function innerOf(line: JsonObject, maxDepth: number): unknown {
  const list = line['Records'] ?? line['records'];
  if (Array.isArray(list)) return list;
  if (line['detail-type'] !== undefined && typeof line['detail'] === 'object') return line['detail'];
  if (line['messageType'] === 'DATA_MESSAGE' && Array.isArray(line['logEvents']))
    return line['logEvents'].map(cloudWatchLine);
  const otlp = line['resourceLogs'] ?? snakeOtlp(line['resource_logs']);
  if (Array.isArray(otlp)) return otlpLines(otlp, maxDepth);
  const { jsonPayload } = line;
  if (typeof jsonPayload === 'object' && jsonPayload !== null) return jsonPayload;
  const tyk = line['tyk-analytics-record'];
  if (typeof tyk === 'object' && tyk !== null) return tyk;
  const { properties, ai_log: aiLog, metadata } = line;
  if (isObjectText(properties) || isObjectText(aiLog) || isObjectText(metadata))
    return liftedText(line, maxDepth);
  return null;
}

/** Null for a list that somebody else calls so. */
function snakeOtlp(list: unknown): unknown {
  return Array.isArray(list) && list.some((one) => Array.isArray(object(one)['scope_logs'])) ? list : null;
}

/** The group's time stands in where the message itself has none. */
function cloudWatchLine(event: unknown): unknown {
  const { message, timestamp } = object(event);
  if (typeof message !== 'string' || !message.startsWith('{')) return message ?? null;
  const parsed = parseJson(message, 64);
  if (parsed.kind !== 'value') return message;
  return { '@timestamp': timestamp, ...object(parsed.value) };
}

function isObjectText(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('{');
}

/** Objects written as text in a field of the event (Azure, Higress, LiteLLM) become objects there. */
function liftedText(line: JsonObject, maxDepth: number): JsonObject | null {
  let lifted: Record<string, unknown> | null = null;
  for (const name of textObjects) {
    const value = line[name];
    if (!isObjectText(value)) continue;
    const parsed = parseJson(value, maxDepth);
    if (parsed.kind === 'value') lifted = { ...(lifted ?? line), [name]: parsed.value };
  }
  return lifted;
}

/** The line inside a shipper's envelope; null when the object itself is the event. Fields that carry it, by shipper. */
export function carriedLine(line: JsonObject): string | null {
  // A text in an event of its own says something about it.
  const isEvent = isCode(line['status']) || line['response_code'] !== undefined;
  return (
    carriedBy(line['message'], isEvent) ??
    carriedBy(line['log'], isEvent) ??
    carriedBy(line['MESSAGE'], isEvent) ??
    carriedBy(line['@message'], isEvent) ??
    carriedBy(line['body'], isEvent) ??
    carriedBy(line['msg'], isEvent) ??
    carriedBy(line['line'], isEvent) ??
    carriedBy(line['textPayload'], isEvent) ??
    carriedBy(object(line['event'])['original'] ?? line['event.original'], isEvent)
  );
}

/** A line under a name that events have for other things too, such as a body that was logged. */
export function looselyCarriedLine(line: JsonObject): string | null {
  return (
    carriedBy(line['short_message'], false) ??
    carriedBy(line['full_message'], false) ??
    carriedBy(line['payload'], false) ??
    carriedBy(line['Message'], false) ??
    carriedBy(line['event'], false)
  );
}

/** Shippers write the level of a message under the name of a status too. */
function isCode(status: unknown): boolean {
  if (typeof status !== 'string') return status !== undefined;
  const first = status.charCodeAt(0);
  return (first >= 0x30 && first <= 0x39) || status === '-' || status.startsWith('HTTP/');
}

/** Where shippers put a line that they have parsed themselves, instead of its text. */
const holders = [
  'message',
  'log_processed',
  'log',
  'json',
  'event',
  'payload',
  'data',
  '_source',
  'body',
  'msg',
];

const nothingHeld: readonly JsonObject[] = Object.freeze([]);

/** The parsed lines that a shipper's envelope may hold: which of them is an event, only the formats know. */
export function heldObjects(line: JsonObject): readonly JsonObject[] {
  if (!mayHold(line)) return nothingHeld;
  return holders.map((name) => object(line[name])).filter((held) => held !== noObject);
}

/** Asked of every line: names written out cost a part of names in a loop. */
function mayHold(line: JsonObject): boolean {
  return (
    typeof line['message'] === 'object' ||
    typeof line['log_processed'] === 'object' ||
    typeof line['log'] === 'object' ||
    typeof line['json'] === 'object' ||
    typeof line['event'] === 'object' ||
    typeof line['payload'] === 'object' ||
    typeof line['data'] === 'object' ||
    typeof line['_source'] === 'object' ||
    typeof line['body'] === 'object' ||
    typeof line['msg'] === 'object'
  );
}

function carriedBy(value: unknown, isEvent: boolean): string | null {
  if (typeof value !== 'string') return null;
  if (isJson(value)) return value;
  return !isEvent && (isKnownText(value) || runtimeLine(value) !== null) ? value : null;
}
