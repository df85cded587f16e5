import { CutLines } from './cut-lines.ts';
import { framingOf, splitterFor } from './frames.ts';
import type { RawRecord } from './source.ts';

/** One record a line; an array stays whole, the decoder takes it apart. */
export function recordsOf(bytes: Uint8Array, request: number, now: number, format: string): RawRecord[] {
  const records: RawRecord[] = [];
  // What waits for more would leave its sender without an answer: a line ends with its request.
  const cut = new CutLines<RawRecord>();
  let line = 0;
  for (const value of partsOf(bytes)) {
    line += 1;
    if (!value.some((byte) => byte > 0x20)) continue;
    const record: RawRecord = {
      value,
      at: { kind: 'http', request, line },
      ingestTimeMs: now,
      partition: 'http',
      format: format === 'auto' ? undefined : format,
    };
    if (cut.passes(record)) records.push(record);
    else records.push(...cut.take(record));
  }
  records.push(...cut.flush());
  return records;
}

function* partsOf(bytes: Uint8Array): Generator<Uint8Array> {
  if (startsArray(bytes)) {
    yield bytes;
    return;
  }
  const splitter = splitterFor(framingOf(bytes) ?? 'lines', bytes.byteLength);
  yield* splitter.push(bytes);
  const last = splitter.flush();
  if (last !== null) yield last;
}

/** `[{` or `[[`, white space aside: lines of text may begin with a bracket too. */
function startsArray(bytes: Uint8Array): boolean {
  let brackets = 0;
  for (const byte of bytes) {
    if (byte <= 0x20) continue;
    if (brackets === 1) return byte === 0x7b || byte === 0x5b;
    if (byte !== 0x5b) return false;
    brackets += 1;
  }
  return false;
}
