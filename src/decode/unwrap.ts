import { fromJson, fromText } from './envelopes.ts';
import { otlpLines } from './otlp-json.ts';
import { otlpBatch } from './otlp-proto.ts';
import { foreignFrame, inflated, unframed } from './packing.ts';
import { lookOver } from './record-look.ts';
import { refuse, type UnwrapLimits, type Unwrapped } from './unwrapped.ts';
import { textOf, textOfAscii } from './utf8.ts';

const lostDetail =
  'a part of a line that the container runtime cut (P in its prefix), whose end did not come; let the shipper join such parts before it mixes the lines of several containers';

/** Takes one raw record out of compression, framing and shippers' envelopes. Never throws. */
export function unwrap(value: Uint8Array, limits: UnwrapLimits): Unwrapped {
  const out: Unwrapped = {
    lines: [],
    refusals: [],
    skipped: 0,
    isPlain: false,
    isHarmless: false,
    isLookOfText: false,
    parts: null,
  };
  const bytes = inflated(value, limits.maxInflatedBytes);
  if ('reason' in bytes) {
    out.refusals.push(bytes);
    return out;
  }
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
    out.refusals.push(foreign);
    return out;
  }
  const batch = otlpBatch(bytes);
  if (batch !== null) {
    if ('reason' in batch) refuse(out, batch.reason, `the record looks like ${batch.detail}`);
    else fromOtlp(batch.resourceLogs, limits, out);
    endParts(out);
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
  endParts(out);
  return out;
}

function fromOtlp(resourceLogs: readonly unknown[], limits: UnwrapLimits, out: Unwrapped): void {
  const lines = otlpLines(resourceLogs, limits.maxDepth);
  // Collectors send batches without a record too.
  if (lines.length === 0) out.skipped += 1;
  else fromJson(lines, limits, out, 0);
}

function endParts(out: Unwrapped): void {
  if (out.parts === null) return;
  out.parts.end();
  for (let n = 0; n < out.parts.lost; n += 1) refuse(out, 'envelope-invalid', lostDetail);
}
