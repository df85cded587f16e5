import { isAscii } from 'node:buffer';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { isTextLine } from './formats/index.ts';
import { concatenated, parseJson } from './json.ts';
import { otlpLines } from './otlp-json.ts';
import { otlpBatch } from './otlp-proto.ts';
import { afterPrefix, isCut } from './prefix.ts';
import { type JsonObject, object } from './text.ts';
import { mayRecordHoldToken } from './token-starts.ts';
import { textOf } from './utf8.ts';

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
  /** JSON of printable ASCII without an escape: no text in it can hold anything else. */
  isPlain: boolean;
  /** Plain, and nothing in it starts like a token or a key. */
  isTokenless: boolean;
}

const cutDetail =
  'the start of a line that the container runtime cut at 16 kB (P in its prefix); let the shipper join such parts';
const mostEnvelopes = 6;
const mostPrefixes = 3;
const mostEvents = 50_000;
const wrappers = ['jsonPayload', 'tyk-analytics-record'];
const textObjects = ['properties', 'ai_log', 'metadata'];
/** Fields in which shippers carry the line as text. */
const carriers = ['message', 'log', 'MESSAGE', '@message', 'body', 'msg', 'line', 'textPayload'];

/** Takes one raw record out of compression, framing and shippers' envelopes. Never throws. */
export function unwrap(value: Uint8Array, limits: UnwrapLimits): Unwrapped {
  const out: Unwrapped = { lines: [], refusals: [], skipped: 0, isPlain: false, isTokenless: false };
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
  const framed = foreignFrame(bytes);
  if (framed !== null) {
    refuse(out, 'unsupported-encoding', framed);
    return out;
  }
  const batch = otlpBatch(bytes);
  if (batch !== null) {
    if ('reason' in batch) refuse(out, batch.reason, `the record looks like ${batch.detail}`);
    else fromOtlp(batch.resourceLogs, limits, out);
    return out;
  }
  const content = textOf(unframed(bytes));
  if (content === null) {
    refuse(out, 'not-text', 'the record is not UTF-8 text; send JSON or text lines in UTF-8');
    return out;
  }
  out.isPlain = isPlain(bytes, content);
  out.isTokenless = out.isPlain && !mayRecordHoldToken(bytes);
  fromText(content, limits, out, 0);
  return out;
}

/** Text lines may hold raw control characters. */
function notPlain(out: Unwrapped): void {
  out.isPlain = false;
  out.isTokenless = false;
}

/** Raw control characters are no JSON; those written as escapes need a backslash. */
function isPlain(bytes: Uint8Array, content: string): boolean {
  const first = content.charCodeAt(0);
  return (
    (first === 0x7b || first === 0x5b) &&
    isAscii(bytes) &&
    !content.includes('\\') &&
    !content.includes('\x7f')
  );
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
  return isFramed(bytes) && (bytes[5] === 0x7b || bytes[5] === 0x5b) ? bytes.subarray(5) : bytes;
}

function isFramed(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes.byteLength > 5;
}

/** What a schema registry's frame holds when it is no JSON; null for everything else. */
function foreignFrame(bytes: Uint8Array): string | null {
  if (!isFramed(bytes) || bytes[5] === 0x7b || bytes[5] === 0x5b) return null;
  return 'the record looks like a schema-registry frame that holds no JSON (Avro or Protobuf); use the JSON Schema serializer';
}

function fromOtlp(resourceLogs: readonly unknown[], limits: UnwrapLimits, out: Unwrapped): void {
  const lines = otlpLines(resourceLogs, limits.maxDepth);
  // Collectors send batches without a record too.
  if (lines.length === 0) out.skipped += 1;
  else fromJson(lines, limits, out, 0);
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
      fromBracketed(trimmed, limits, out, depth);
      return;
    }
    if (splitLines(trimmed, limits, out, depth)) return;
    refuse(out, 'not-json', `broken JSON: ${parsed.why}`);
    return;
  }
  if (isCut(trimmed)) {
    refuse(out, 'envelope-invalid', cutDetail);
    return;
  }
  const inner = depth < mostEnvelopes ? innerText(trimmed) : null;
  if (inner !== null) {
    fromText(inner, limits, out, depth + 1);
    return;
  }
  if (trimmed.includes('\n') && depth < mostEnvelopes) {
    for (const line of trimmed.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
    return;
  }
  notPlain(out);
  out.lines.push({ json: null, text: trimmed });
}

/** Text that starts with a bracket; of several lines where the bracket closes within the first. */
function fromBracketed(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  const newline = content.indexOf('\n');
  const close = content.indexOf(']');
  if (newline > 0 && close >= 0 && close < newline && depth < mostEnvelopes) {
    for (const line of content.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
    return;
  }
  const inner = depth < mostEnvelopes ? innerText(content) : null;
  if (inner !== null) fromText(inner, limits, out, depth + 1);
  else {
    notPlain(out);
    out.lines.push({ json: null, text: content });
  }
}

/** Several objects, one a line or without any gap. */
function splitLines(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): boolean {
  if (depth >= mostEnvelopes) return false;
  const newline = content.indexOf('\n');
  if (newline > 0 && parseJson(content.slice(0, newline).trim(), limits.maxDepth).kind !== 'broken') {
    for (const line of content.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
    return true;
  }
  const parts = concatenated(content, mostEvents);
  if (parts.length < 2) return false;
  for (const part of parts) fromText(part, limits, out, depth + 1);
  return true;
}

/**
 * What follows a prefix, where that is JSON or a line of a known format: the time of a line without a
 * prefix looks like the start of one. `prefixes`: how many more may stand there.
 */
function innerText(line: string, prefixes = mostPrefixes): string | null {
  const inner = prefixes > 0 ? afterPrefix(line)?.trim() : undefined;
  if (inner === undefined || inner === '') return null;
  const isSure = isJson(inner) || line[0] === '<';
  return isSure || isKnownText(inner, prefixes - 1) ? inner : null;
}

/** The first line of a text is of a known format, or has JSON or such a line behind its prefix. */
function isKnownText(text: string, prefixes = mostPrefixes): boolean {
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  return isTextLine(first) || innerText(first, prefixes) !== null;
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
  if (line['messageType'] === 'CONTROL_MESSAGE') {
    out.skipped += 1;
    return;
  }
  const carried = carriedLine(line);
  if (carried !== null) {
    fromText(carried, limits, out, depth + 1);
    return;
  }
  // Bodies of bytes are written in base64: what they hold was not looked at.
  if (line['resourceLogs'] !== undefined) notPlain(out);
  const inner = innerOf(line, limits);
  if (inner === null) out.lines.push({ json: line, text: '' });
  else fromJson(inner, limits, out, depth + 1);
}

/** What an envelope of JSON holds; null when the object itself is the event. */
function innerOf(line: JsonObject, limits: UnwrapLimits): unknown {
  const list = line['Records'] ?? line['records'];
  if (Array.isArray(list)) return list;
  if (line['detail-type'] !== undefined && typeof line['detail'] === 'object') return line['detail'];
  if (line['messageType'] === 'DATA_MESSAGE' && Array.isArray(line['logEvents']))
    return line['logEvents'].map(cloudWatchLine);
  if (Array.isArray(line['resourceLogs'])) return otlpLines(line['resourceLogs'], limits.maxDepth);
  for (const name of wrappers) {
    const value = line[name];
    if (typeof value === 'object' && value !== null) return value;
  }
  return liftedText(line, limits);
}

/** The group's time stands in where the message itself has none. */
function cloudWatchLine(event: unknown): unknown {
  const { message, timestamp } = object(event);
  if (typeof message !== 'string' || !message.startsWith('{')) return message ?? null;
  const parsed = parseJson(message, 64);
  if (parsed.kind !== 'value') return message;
  return { '@timestamp': timestamp, ...object(parsed.value) };
}

/** Objects written as text in a field of the event (Azure, Higress, LiteLLM) become objects there. */
function liftedText(line: JsonObject, { maxDepth }: UnwrapLimits): JsonObject | null {
  let lifted: Record<string, unknown> | null = null;
  for (const name of textObjects) {
    const value = line[name];
    if (typeof value !== 'string' || !value.startsWith('{')) continue;
    const parsed = parseJson(value, maxDepth);
    if (parsed.kind === 'value') lifted = { ...(lifted ?? line), [name]: parsed.value };
  }
  return lifted;
}

/** The line inside a shipper's envelope; null when the object itself is the event. */
function carriedLine(line: JsonObject): string | null {
  // A text in an event of its own says something about it.
  const isEvent = line['status'] !== undefined || line['response_code'] !== undefined;
  for (const name of carriers) {
    const value = line[name];
    if (typeof value !== 'string') continue;
    if (isJson(value) || (!isEvent && isKnownText(value))) return value;
  }
  const original = object(line['event'])['original'] ?? line['event.original'];
  if (typeof original !== 'string') return null;
  return isJson(original) || (!isEvent && isKnownText(original)) ? original : null;
}

/** An object, or an array of them. */
function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[{');
}

function refuse(out: Unwrapped, reason: DeadLetterReason, detail: string): void {
  out.refusals.push({ reason, detail });
}
