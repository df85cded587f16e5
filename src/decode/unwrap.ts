import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { isTextLine } from './formats/index.ts';
import { concatenated, parseJson } from './json.ts';
import { otlpLines } from './otlp-json.ts';
import { otlpBatch } from './otlp-proto.ts';
import { afterPrefix, isCut } from './prefix.ts';
import { lookOver } from './record-look.ts';
import { type JsonObject, object } from './text.ts';
import { textOf, textOfAscii } from './utf8.ts';

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
  /** Printable ASCII without an escape: no text in it can hold anything else. */
  isPlain: boolean;
  /** It was looked at as a line of text: in one looked at as JSON a text outside of JSON may hold anything. */
  isLookOfText: boolean;
  /** Plain, and nothing in it looks like a secret, nor like the name of one before a value. */
  isHarmless: boolean;
}

const cutDetail =
  'the start of a line that the container runtime cut at 16 kB (P in its prefix); let the shipper join such parts';
const mostEnvelopes = 6;
const mostPrefixes = 3;
const mostEvents = 50_000;
const textObjects = ['properties', 'ai_log', 'metadata'];

/** Takes one raw record out of compression, framing and shippers' envelopes. Never throws. */
export function unwrap(value: Uint8Array, limits: UnwrapLimits): Unwrapped {
  const out: Unwrapped = {
    lines: [],
    refusals: [],
    skipped: 0,
    isPlain: false,
    isHarmless: false,
    isLookOfText: false,
  };
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
  const foreign = foreignFrame(bytes);
  if (foreign !== null) {
    refuse(out, 'unsupported-encoding', foreign);
    return out;
  }
  const batch = otlpBatch(bytes);
  if (batch !== null) {
    if ('reason' in batch) refuse(out, batch.reason, `the record looks like ${batch.detail}`);
    else fromOtlp(batch.resourceLogs, limits, out);
    return out;
  }
  const framed = unframed(bytes);
  const isJson = framed[0] === 0x7b || framed[0] === 0x5b;
  const look = lookOver(framed, isJson);
  const content = look === 'unknown' ? textOf(framed) : textOfAscii(framed);
  if (content === null) {
    refuse(out, 'not-text', 'the record is not UTF-8 text; send JSON or text lines in UTF-8');
    return out;
  }
  out.isPlain = look !== 'unknown';
  out.isHarmless = look === 'harmless';
  out.isLookOfText = !isJson;
  fromText(content, limits, out, 0);
  return out;
}

function notPlain(out: Unwrapped): void {
  out.isPlain = false;
  out.isHarmless = false;
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
  pushText(trimmed, out);
}

function pushText(text: string, out: Unwrapped): void {
  if (!out.isLookOfText) notPlain(out);
  out.lines.push({ json: null, text });
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
  else pushText(content, out);
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
  const { jsonPayload } = line;
  if (typeof jsonPayload === 'object' && jsonPayload !== null) return jsonPayload;
  const tyk = line['tyk-analytics-record'];
  if (typeof tyk === 'object' && tyk !== null) return tyk;
  const { properties, ai_log: aiLog, metadata } = line;
  if (isObjectText(properties) || isObjectText(aiLog) || isObjectText(metadata))
    return liftedText(line, limits);
  return null;
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
function liftedText(line: JsonObject, { maxDepth }: UnwrapLimits): JsonObject | null {
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
function carriedLine(line: JsonObject): string | null {
  // A text in an event of its own says something about it.
  const isEvent = line['status'] !== undefined || line['response_code'] !== undefined;
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

function carriedBy(value: unknown, isEvent: boolean): string | null {
  if (typeof value !== 'string') return null;
  return isJson(value) || (!isEvent && isKnownText(value)) ? value : null;
}

/** An object, or an array of them. */
function isJson(text: string): boolean {
  return text.startsWith('{') || text.startsWith('[{');
}

function refuse(out: Unwrapped, reason: DeadLetterReason, detail: string): void {
  out.refusals.push({ reason, detail });
}
