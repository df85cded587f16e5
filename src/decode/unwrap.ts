import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { parseJson } from './json.ts';
import { type JsonObject, object } from './text.ts';

export interface UnwrapLimits {
  readonly maxRecordBytes: number;
  readonly maxInflatedBytes: number;
  readonly maxDepth: number;
}

/** One log line out of its envelopes: an object, or text that is no JSON. */
export type Line =
  | { readonly json: JsonObject; readonly text: '' }
  | { readonly json: null; readonly text: string };
export interface Refusal {
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

export interface Unwrapped {
  readonly lines: Line[];
  readonly refusals: Refusal[];
  skipped: number;
}

const mostEnvelopes = 6;
const mostEvents = 50_000;
const utf8 = new TextDecoder('utf-8', { fatal: true });
/** Fields in which shippers carry the line as text. */
const carriers = ['message', 'log', 'MESSAGE', '@message', 'body', 'msg', 'line'];

/** Takes one raw record out of compression, framing and shippers' envelopes. Never throws. */
export function unwrap(value: Uint8Array, limits: UnwrapLimits): Unwrapped {
  const out: Unwrapped = { lines: [], refusals: [], skipped: 0 };
  const bytes = inflate(value, limits, out);
  if (bytes === null) return out;
  if (bytes.byteLength > limits.maxRecordBytes) {
    refuse(
      out,
      'too-long',
      `the record has ${bytes.byteLength} bytes; at most ${limits.maxRecordBytes} are read (decode.maxRecordBytes)`,
    );
    return out;
  }
  let content: string;
  try {
    content = utf8.decode(unframed(bytes));
  } catch {
    const isProtobuf = bytes[0] === 0x0a;
    refuse(
      out,
      isProtobuf ? 'unsupported-encoding' : 'not-text',
      isProtobuf
        ? 'the record looks like protobuf; set encoding: otlp_json at the exporter'
        : 'the record is not UTF-8 text',
    );
    return out;
  }
  fromText(content, limits, out, 0);
  return out;
}

function inflate(value: Uint8Array, { maxInflatedBytes }: UnwrapLimits, out: Unwrapped): Uint8Array | null {
  const isGzip = value[0] === 0x1f && value[1] === 0x8b;
  const isZstd = value[0] === 0x28 && value[1] === 0xb5 && value[2] === 0x2f && value[3] === 0xfd;
  if (!isGzip && !isZstd) return value;
  try {
    const options = { maxOutputLength: maxInflatedBytes };
    return isGzip ? gunzipSync(value, options) : zstdDecompressSync(value, options);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    refuse(
      out,
      'inflate-failed',
      `${isGzip ? 'gzip' : 'zstd'} data could not be inflated within ${maxInflatedBytes} bytes: ${why}`,
    );
    return null;
  }
}

/** Confluent's schema-registry frame: a zero byte and a four-byte id before the JSON. */
function unframed(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0 && bytes.byteLength > 5 && bytes[5] === 0x7b ? bytes.subarray(5) : bytes;
}

function fromText(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  const trimmed = content.trim();
  if (trimmed === '') {
    out.skipped += 1;
    return;
  }
  const first = trimmed.charCodeAt(0);
  if (first === 0x7b || first === 0x5b) {
    const parsed = parseJson(trimmed, limits.maxDepth);
    if (parsed.kind === 'value') {
      fromJson(parsed.value, limits, out, depth);
      return;
    }
    if (parsed.kind === 'too-deep') {
      refuse(out, 'too-deep', `JSON nested deeper than ${limits.maxDepth} levels`);
      return;
    }
    // [25/Feb/2021…] and Envoy's text format start with a bracket too.
    if (first === 0x5b && !trimmed.startsWith('[{')) {
      out.lines.push({ json: null, text: trimmed });
      return;
    }
    if (splitLines(trimmed, limits, out, depth)) return;
    refuse(out, 'not-json', `broken JSON: ${parsed.why}`);
    return;
  }
  const inner = afterPrefix(trimmed);
  if (inner !== null && depth < mostEnvelopes) {
    fromText(inner, limits, out, depth + 1);
    return;
  }
  if (trimmed.includes('\n') && depth < mostEnvelopes) {
    for (const line of trimmed.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
    return;
  }
  out.lines.push({ json: null, text: trimmed });
}

/** Several objects, one a line. */
function splitLines(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): boolean {
  const newline = content.indexOf('\n');
  if (newline < 0 || depth >= mostEnvelopes) return false;
  const parsed = parseJson(content.slice(0, newline).trim(), limits.maxDepth);
  if (parsed.kind === 'broken') return false;
  for (const line of content.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
  return true;
}

/** What follows a CRI or syslog prefix; null when there is none. */
function afterPrefix(line: string): string | null {
  const stream = line.indexOf(' std');
  if (stream > 0 && stream < 48) {
    const marker = line.slice(stream + 1, stream + 10);
    if (marker === 'stdout F ' || marker === 'stderr F ' || marker === 'stdout P ' || marker === 'stderr P ')
      return line.slice(stream + 10);
  }
  const isSyslog = line[0] === '<' && line.indexOf('>') <= 4 && line.indexOf('>') > 1;
  const brace = line.indexOf('{');
  if (brace > 0 && brace < 256 && (isSyslog || isSyslogHead(line.slice(0, brace)))) return line.slice(brace);
  if (isSyslog) {
    const tag = line.indexOf(']: ');
    const colon = tag >= 0 ? tag + 3 : line.indexOf(': ') + 2;
    return colon > 2 && colon < 256 ? line.slice(colon) : line.slice(line.indexOf('>') + 1);
  }
  return null;
}

/** `Feb 28 02:43:10 host tag[1]: ` without a priority. */
function isSyslogHead(head: string): boolean {
  return head.length > 16 && head[3] === ' ' && head[9] === ':' && head[12] === ':';
}

function fromJson(value: unknown, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  if (depth > mostEnvelopes) {
    refuse(out, 'too-deep', `more than ${mostEnvelopes} envelopes around one another`);
    return;
  }
  if (Array.isArray(value)) {
    if (value.length > mostEvents)
      refuse(out, 'too-long', `an array of ${value.length} events; the first ${mostEvents} are read`);
    for (const one of value.slice(0, mostEvents)) fromJson(one, limits, out, depth + 1);
    return;
  }
  if (typeof value === 'string') {
    fromText(value, limits, out, depth + 1);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    refuse(out, 'wrong-type', `an event must be an object, got ${value === null ? 'null' : typeof value}`);
    return;
  }
  fromObject(value as JsonObject, limits, out, depth);
}

function fromObject(line: JsonObject, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  const list = line['Records'] ?? line['records'];
  if (Array.isArray(list)) return fromJson(list, limits, out, depth + 1);
  if (line['detail-type'] !== undefined && typeof line['detail'] === 'object')
    return fromJson(line['detail'], limits, out, depth + 1);
  if (line['messageType'] === 'CONTROL_MESSAGE') {
    out.skipped += 1;
    return;
  }
  if (line['messageType'] === 'DATA_MESSAGE' && Array.isArray(line['logEvents'])) {
    for (const event of line['logEvents'].slice(0, mostEvents))
      fromJson(object(event)['message'], limits, out, depth + 1);
    return;
  }
  const payload = line['jsonPayload'];
  if (typeof payload === 'object' && payload !== null) return fromJson(payload, limits, out, depth + 1);
  const carried = carriedLine(line);
  if (carried !== null) return fromText(carried, limits, out, depth + 1);
  out.lines.push({ json: line, text: '' });
}

/** The line inside a shipper's envelope; null when the object itself is the event. */
function carriedLine(line: JsonObject): string | null {
  for (const name of carriers) {
    const value = line[name];
    if (typeof value !== 'string') continue;
    if (value.startsWith('{')) return value;
    // A text line in an envelope: only where nothing else in the object says that it is an event.
    if (value.includes('] "') && line['status'] === undefined && line['response_code'] === undefined)
      return value;
  }
  const original = object(line['event'])['original'] ?? line['event.original'];
  return typeof original === 'string' && original.startsWith('{') ? original : null;
}

function refuse(out: Unwrapped, reason: DeadLetterReason, detail: string): void {
  out.refusals.push({ reason, detail });
}
