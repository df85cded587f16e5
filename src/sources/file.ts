import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import type { Position } from '../../schemas/position.ts';
import { CutLines } from './cut-lines.ts';
import { compressionOf, framingOf, splitterFor } from './frames.ts';
import type { Batch, RawRecord, Source } from './source.ts';

export interface FileSourceOptions {
  /** Paths, read one after the other; `-` is standard input. */
  readonly files: readonly string[];
  readonly maxRecordBytes: number;
  /** Format of every line; undefined: found by signature. */
  readonly format?: string | undefined;
  readonly nowMs: () => number;
  readonly stdin?: Readable;
}

const recordsPerBatch = 1000;
const bytesPerBatch = 1 << 20;
/** A document over many lines (an S3 object of CloudTrail, pretty-printed) is read whole up to here. */
const largestDocumentBytes = 256 << 20;

/**
 * Log files, plain, gzip or zstd, to their end: lines of text, a document of JSON, or OTLP requests.
 *
 * Delivery guarantee: every line once and in order; a file that cannot be read to its end rejects with
 * its name, after the lines before the fault were given out.
 */
export function createFileSource(options: FileSourceOptions): Source {
  let closed = false;
  let reading: Readable | undefined;
  const opened = (raw: Readable) => {
    reading = raw;
  };
  return {
    name: 'file',
    async close() {
      closed = true;
      // Standard input may be silent for hours: waiting for its next byte ends here.
      reading?.destroy();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
      for (const path of options.files) {
        if (closed) return;
        try {
          for await (const records of recordsOf(path, options, opened)) {
            yield { records, async commit() {} };
            if (closed) return;
          }
        } catch (error) {
          if (!closed) throw error;
        }
      }
    },
  };
}

async function* recordsOf(
  path: string,
  options: FileSourceOptions,
  opened: (raw: Readable) => void,
): AsyncGenerator<RawRecord[]> {
  const chunks = await contentOf(path, options, opened);
  const cut = new CutLines<RawRecord>();
  let line = 0;
  let records: RawRecord[] = [];
  let bytes = 0;
  for await (const values of valuesOf(chunks, options.maxRecordBytes)) {
    for (const value of values) {
      line += 1;
      if (value.byteLength === 0) continue;
      const at: Position = path === '-' ? { kind: 'stdin', line } : { kind: 'file', path, line };
      const record = { value, at, ingestTimeMs: options.nowMs(), partition: path, format: options.format };
      bytes += value.byteLength;
      if (cut.passes(record)) records.push(record);
      else records.push(...cut.take(record));
      if (records.length === 0 || (records.length < recordsPerBatch && bytes < bytesPerBatch)) continue;
      yield records;
      records = [];
      bytes = 0;
    }
    // What came over a pipe is given out at once: the next byte may be hours away.
    if (path !== '-' || records.length === 0) continue;
    yield records;
    records = [];
    bytes = 0;
  }
  records.push(...cut.flush());
  if (records.length > 0) yield records;
}

/** What each chunk completes, together: a turn of the event loop for every line would cost more than reading it. */
async function* valuesOf(
  chunks: AsyncIterable<Uint8Array>,
  maxRecordBytes: number,
): AsyncGenerator<Iterable<Uint8Array>> {
  let splitter = splitterFor('lines', maxRecordBytes);
  let document: Uint8Array[] | null = [];
  let documentBytes = 0;
  let isDocument = false;
  for await (const chunk of chunks) {
    if (document !== null) {
      document.push(chunk);
      documentBytes += chunk.byteLength;
      if (isDocument && documentBytes <= largestDocumentBytes) continue;
      const head = Buffer.concat(document);
      const framing = framingOf(head);
      if (framing === undefined) continue;
      splitter = splitterFor(framing, maxRecordBytes);
      const isOpen = framing === 'lines' ? startsDocument(head) : 'no';
      if (isOpen === 'yes' && documentBytes <= largestDocumentBytes) {
        isDocument = true;
        continue;
      }
      if (isOpen === 'unknown') continue;
      document = null;
      yield splitter.push(head);
      continue;
    }
    yield splitter.push(chunk);
  }
  if (document !== null) {
    const whole = Buffer.concat(document);
    if (isOneDocument(whole)) {
      if (whole.byteLength > 0) yield [whole];
      return;
    }
    yield splitter.push(whole);
  }
  const last = splitter.flush();
  if (last !== null) yield [last];
}

/** A first line that opens a bracket and closes none is the start of a document over many lines. */
function startsDocument(head: Buffer): 'yes' | 'no' | 'unknown' {
  const newline = head.indexOf(0x0a);
  if (newline < 0) return head.byteLength > 1 << 20 ? 'no' : 'unknown';
  const first = head.subarray(0, newline).toString().trim();
  return first === '{' ||
    first === '[' ||
    (first.startsWith('{') && (first.endsWith('[') || first.endsWith('{') || first.endsWith(',')))
    ? 'yes'
    : 'no';
}

function isOneDocument(whole: Buffer): boolean {
  return startsDocument(whole) === 'yes' || !whole.subarray(0, -1).includes(0x0a);
}

/** Bytes of the file, inflated by its first bytes rather than by its name. */
async function contentOf(
  path: string,
  { stdin }: FileSourceOptions,
  opened: (raw: Readable) => void,
): Promise<AsyncIterable<Uint8Array>> {
  if (path !== '-') await mustBeReadable(path);
  const raw =
    path === '-' ? (stdin ?? process.stdin) : createReadStream(path, { highWaterMark: bytesPerBatch });
  opened(raw);
  return inflated(raw, path);
}

async function mustBeReadable(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) throw new Error('it is a folder; name the files in it');
    await (await open(path)).close();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === 'ENOENT'
        ? 'no such file'
        : code === 'EACCES'
          ? 'no right to read it'
          : (error as Error).message;
    throw new Error(`${path}: ${why}`, { cause: error });
  }
}

async function* inflated(raw: Readable, path: string): AsyncGenerator<Uint8Array> {
  const chunks = raw[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await chunks.next();
  if (first.done) return;
  const rest = async function* () {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  const compression = compressionOf(first.value);
  const isGzip = compression === 'gzip';
  if (compression === null) {
    yield* rest();
    return;
  }
  const { Readable: Streams } = await import('node:stream');
  const { pipeline } = await import('node:stream/promises');
  const inflate = isGzip ? createGunzip() : createZstdDecompress();
  const flowing = pipeline(Streams.from(rest()), inflate);
  try {
    yield* inflate as AsyncIterable<Uint8Array>;
    await flowing;
  } catch (error) {
    flowing.catch(() => undefined);
    throw new Error(`${path}: broken ${compression} data: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
