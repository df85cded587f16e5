import { LineSplitter } from './lines.ts';

/** Takes a stream of bytes apart into records; what is not finished waits for the next chunk. */
export interface Splitter {
  /** Bytes of the record that is not finished yet. */
  readonly heldBytes: number;
  /** Bytes of the stream up to the end of the record given out last. */
  readonly givenBytes: number;
  push(chunk: Uint8Array): Iterable<Uint8Array>;
  /** The last record, when the input ended within one. */
  flush(): Uint8Array | null;
}

/**
 * How records lie in a file. `sizes`: four bytes of size, most significant first, before each (the
 * OpenTelemetry Collector's file exporter with `format: proto` or `compression`). `fields`: the fields of
 * one or more OTLP requests as they were sent, each a record of its own.
 */
export type Framing = 'lines' | 'sizes' | 'fields';

/** First bytes by which a framing is told. */
export const headBytes = 16;
const sizeBytes = 4;
const longestVarint = 5;
const smallestBatch = 4;

/** Undefined while the bytes are too few to tell. */
export function framingOf(head: Uint8Array): Framing | undefined {
  const first = head[0];
  if (first === undefined) return undefined;
  if (first === 0x0a) {
    const isBatch = beginsBatch(head);
    return isBatch === undefined ? undefined : isBatch ? 'fields' : 'lines';
  }
  // No text begins with a control character but white space.
  if (first >= 0x09) return 'lines';
  if (head.byteLength < headBytes) return undefined;
  const payload = head.subarray(sizeBytes);
  return sizeAt(head, 0) >= smallestBatch && (beginsBatch(payload) === true || beginsPacked(payload))
    ? 'sizes'
    : 'lines';
}

export function splitterFor(framing: Framing, maxBytes: number): Splitter {
  if (framing === 'lines') return new LineSplitter(maxBytes);
  return new FrameSplitter(framing === 'sizes' ? sizedFrame : field, maxBytes);
}

interface Frame {
  /** Bytes before the content. */
  readonly header: number;
  readonly content: number;
  readonly isHeaderKept: boolean;
}

/** The frame at that place; null while its header is not whole. */
type FrameAt = (bytes: Uint8Array, at: number) => Frame | null;

/** Where no frame can be, the rest is one record: the decoder says what is wrong with it. */
const restOfFile: Frame = { header: 0, content: Number.POSITIVE_INFINITY, isHeaderKept: true };

const sizedFrame: FrameAt = (bytes, at) =>
  bytes.byteLength - at < sizeBytes
    ? null
    : { header: sizeBytes, content: sizeAt(bytes, at), isHeaderKept: false };

const field: FrameAt = (bytes, at) => {
  if (at >= bytes.byteLength) return null;
  if (bytes[at] !== 0x0a) return restOfFile;
  const length = varintAt(bytes, at + 1);
  if (length !== null) return { header: 1 + length.bytes, content: length.value, isHeaderKept: true };
  return bytes.byteLength - at > longestVarint ? restOfFile : null;
};

/** Holds at most `maxBytes` of a frame: a longer one is given out cut, so that the decoder refuses it as too long. */
class FrameSplitter implements Splitter {
  readonly #frameAt: FrameAt;
  readonly #maxBytes: number;
  #parts: Uint8Array[] = [];
  #partsBytes = 0;
  /** Bytes without which nothing can be given out. */
  #wanted = 1;
  /** Bytes of a frame already given out that are still to come, and those that came. */
  #toSkip = 0;
  #skipped = 0;
  #pushedBytes = 0;
  #givenBytes = 0;

  constructor(frameAt: FrameAt, maxBytes: number) {
    this.#frameAt = frameAt;
    this.#maxBytes = maxBytes;
  }

  get heldBytes(): number {
    return this.#partsBytes + this.#skipped;
  }

  get givenBytes(): number {
    return this.#givenBytes;
  }

  *push(chunk: Uint8Array): Generator<Uint8Array> {
    this.#pushedBytes += chunk.byteLength;
    const kept = this.#skip(chunk);
    if (kept.byteLength === 0) return;
    this.#parts.push(kept);
    this.#partsBytes += kept.byteLength;
    if (this.#partsBytes < this.#wanted) return;
    const bytes = this.#parts.length === 1 ? kept : Buffer.concat(this.#parts);
    let at = 0;
    while (at < bytes.byteLength) {
      const frame = this.#frameAt(bytes, at);
      if (frame === null) {
        this.#wanted = bytes.byteLength - at + 1;
        break;
      }
      const start = frame.isHeaderKept ? at : at + frame.header;
      const end = at + frame.header + frame.content;
      const cut = Math.min(end, start + this.#maxBytes + 1);
      if (cut > bytes.byteLength) {
        this.#wanted = cut - at;
        break;
      }
      this.#givenBytes = this.#pushedBytes - bytes.byteLength + end;
      yield bytes.subarray(start, cut);
      this.#toSkip = Math.max(0, end - bytes.byteLength);
      this.#skipped = this.#toSkip > 0 ? bytes.byteLength - at : 0;
      at = Math.min(end, bytes.byteLength);
      this.#wanted = 1;
    }
    this.#parts = at < bytes.byteLength ? [bytes.slice(at)] : [];
    this.#partsBytes = bytes.byteLength - at;
  }

  flush(): Uint8Array | null {
    if (this.#partsBytes === 0) return null;
    const rest = Buffer.concat(this.#parts);
    const frame = this.#frameAt(rest, 0);
    this.#parts = [];
    this.#partsBytes = 0;
    return frame === null || frame.isHeaderKept ? rest : rest.subarray(frame.header);
  }

  /** What is left of the chunk behind the frame that is skipped. */
  #skip(chunk: Uint8Array): Uint8Array {
    if (this.#toSkip === 0) return chunk;
    const gone = Math.min(this.#toSkip, chunk.byteLength);
    this.#toSkip -= gone;
    this.#skipped = this.#toSkip === 0 ? 0 : this.#skipped + gone;
    return chunk.subarray(gone);
  }
}

/**
 * Field 1 of an OTLP request of logs, that of ResourceLogs within it and the next within that, each with
 * room. Undefined while the bytes are too few to tell.
 */
function beginsBatch(bytes: Uint8Array): boolean | undefined {
  if (bytes[0] !== 0x0a) return false;
  const outer = varintAt(bytes, 1);
  if (outer === null) return tooFew(bytes);
  const at = 1 + outer.bytes;
  if (at < bytes.byteLength && bytes[at] !== 0x0a && bytes[at] !== 0x12) return false;
  const inner = varintAt(bytes, at + 1);
  if (inner === null) return tooFew(bytes);
  if (1 + inner.bytes + inner.value > outer.value) return false;
  const next = bytes[at + 1 + inner.bytes];
  if (inner.value === 0 || next === 0x0a || next === 0x12) return true;
  return next === undefined ? tooFew(bytes) : false;
}

function tooFew(bytes: Uint8Array): false | undefined {
  return bytes.byteLength < headBytes ? undefined : false;
}

/** By the first two bytes, whatever the file is called. */
export function compressionOf([a, b]: Uint8Array): 'gzip' | 'zstd' | null {
  if (a === 0x1f && b === 0x8b) return 'gzip';
  return a === 0x28 && b === 0xb5 ? 'zstd' : null;
}

/** gzip, zstd or JSON. */
function beginsPacked(bytes: Uint8Array): boolean {
  return compressionOf(bytes) !== null || (bytes[0] === 0x7b && bytes[1] === 0x22);
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at);
}

function varintAt(bytes: Uint8Array, at: number): { readonly value: number; readonly bytes: number } | null {
  let value = 0;
  for (let i = 0; i < longestVarint; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, bytes: i + 1 };
  }
  return null;
}
