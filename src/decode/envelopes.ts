import { countedMessages } from './counted-messages.ts';
import { carriedLine, heldObjects, innerOf, looselyCarriedLine } from './envelope.ts';
import { isObjectLine, isReadableObject } from './formats/index.ts';
import { JoinedParts } from './joined-parts.ts';
import { concatenated, parseJson } from './json.ts';
import { innerText, isWholeLine } from './known-text.ts';
import { dockerFields, originOf, type RuntimeLine, runtimeFields, runtimeLine } from './runtime-line.ts';
import type { JsonObject } from './text.ts';
import { notPlain, refuse, type UnwrapLimits, type Unwrapped } from './unwrapped.ts';

const mostEnvelopes = 6;
const mostEvents = 50_000;
const longestRequestLine = 8192;
const requestDetail =
  'the text of a request as it was sent, which has neither time nor status (meta_format: origin of APISIX); log the default entry or a log_format';

/** `GET /path HTTP/1.1` and headers in lines of their own. */
function isRequest(text: string): boolean {
  const end = text.indexOf('\n');
  if (end < 0 || end > longestRequestLine) return false;
  const first = text.slice(0, end).trimEnd();
  return first.slice(-9, -1) === ' HTTP/1.' && first[0] !== '[' && !first.includes('"');
}

/** Adds the lines of a text, whatever shippers have put around them. */
export function fromText(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  const trimmed = content.trim();
  if (trimmed === '') {
    out.skipped += 1;
    return;
  }
  const first = trimmed.charCodeAt(0);
  if (first === 0x22 && depth < mostEnvelopes) {
    const quoted = parseJson(trimmed, limits.maxDepth);
    if (quoted.kind === 'value' && typeof quoted.value === 'string') {
      // What was escaped in it could not be seen before.
      notPlain(out);
      fromText(quoted.value, limits, out, depth + 1);
      return;
    }
  }
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
  if (isRequest(trimmed)) {
    refuse(out, 'unsupported-encoding', requestDetail);
    return;
  }
  const messages = depth < mostEnvelopes ? countedMessages(trimmed, mostEvents) : null;
  if (messages !== null) {
    for (const message of messages) fromText(message, limits, out, depth + 1);
    return;
  }
  const part = partIn(content, out);
  if (part !== null && depth < mostEnvelopes) {
    if (part.text.includes('\n')) fromLines(trimmed, limits, out, depth);
    else fromPart(part, limits, out, depth);
    return;
  }
  const inner = depth < mostEnvelopes ? innerText(trimmed) : null;
  if (inner !== null) {
    fromText(inner, limits, out, depth + 1);
    return;
  }
  if (trimmed.includes('\n') && depth < mostEnvelopes) fromLines(trimmed, limits, out, depth);
  else pushText(trimmed, out);
}

function fromLines(content: string, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  for (const line of content.split('\n', mostEvents)) fromText(line, limits, out, depth + 1);
}

/** A line of a container runtime that is a part of one, or may be the last of them; null for all others. */
function partIn(content: string, out: Unwrapped): RuntimeLine | null {
  const part = runtimeLine(content.trimStart());
  if (part === null || (!part.isCut && out.parts === null)) return null;
  // Blanks at the end of a part stand in the middle of the line.
  return { ...part, text: part.text.replace(/\r?\n?$/, '') };
}

function fromPart(part: RuntimeLine, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  out.parts ??= new JoinedParts(limits.maxDepth);
  const whole = out.parts.take(part);
  if (whole === null) return;
  // A secret that lay across the cut could not be seen before.
  if (whole.isJoined) notPlain(out);
  fromText(whole.text, limits, out, depth + 1);
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
    fromLines(content, limits, out, depth);
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
    fromLines(content, limits, out, depth);
    return true;
  }
  const parts = concatenated(content, mostEvents);
  if (parts.length < 2) return false;
  for (const part of parts) fromText(part, limits, out, depth + 1);
  return true;
}

/** The same of a JSON value. */
export function fromJson(value: unknown, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  if (depth > mostEnvelopes) {
    refuse(out, 'too-deep', `more than ${mostEnvelopes} envelopes around one another`);
    return;
  }
  if (Array.isArray(value)) {
    // Collectors send batches without an event too.
    if (value.length === 0) out.skipped += 1;
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

/** Null for what no container runtime wrote. */
function partFields(line: JsonObject, maxDepth: number, mayEnd: boolean): RuntimeLine | null {
  if (line['logtag'] !== undefined) return runtimeFields(line);
  if (line['stream'] === undefined) return null;
  return dockerFields(line, (text) => isWholeLine(text, maxDepth), mayEnd);
}

/** What a mapping or any format reads as it is keeps the texts it has under names of its own. */
function carriedText(line: JsonObject, isMapped: UnwrapLimits['isMapped']): string | null {
  const carried = carriedLine(line);
  if (carried !== null) return isMapped?.(line) === true ? null : carried;
  const loosely = looselyCarriedLine(line);
  return loosely === null || isMapped?.(line) === true || isReadableObject(line) ? null : loosely;
}

/** An envelope's own fields are of no format, those of the line it holds are. */
function heldEvent(line: JsonObject, isMapped: UnwrapLimits['isMapped']): JsonObject | null {
  const held = heldObjects(line);
  return held.length === 0 || isObjectLine(line) || isMapped?.(line) === true
    ? null
    : (held.find(isObjectLine) ?? null);
}

function fromObject(line: JsonObject, limits: UnwrapLimits, out: Unwrapped, depth: number): void {
  if (line['messageType'] === 'CONTROL_MESSAGE') {
    out.skipped += 1;
    return;
  }
  const fields = partFields(line, limits.maxDepth, out.parts !== null);
  if (fields !== null && (fields.isCut || out.parts !== null)) {
    fromPart(fields, limits, out, depth);
    return;
  }
  const carried = carriedText(line, limits.isMapped);
  if (carried !== null) {
    const part = partIn(carried, out);
    if (part === null || part.text.includes('\n')) fromText(carried, limits, out, depth + 1);
    else fromPart({ ...part, stream: `${originOf(line)}${part.stream}` }, limits, out, depth);
    return;
  }
  // Bodies of bytes are written in base64: what they hold was not looked at.
  if (line['resourceLogs'] !== undefined || line['resource_logs'] !== undefined) notPlain(out);
  const inner = innerOf(line, limits.maxDepth) ?? heldEvent(line, limits.isMapped);
  if (inner === null) out.lines.push({ json: line, text: '' });
  else fromJson(inner, limits, out, depth + 1);
}
