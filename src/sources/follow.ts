import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CutLines } from './cut-lines.ts';
import { compressionOf, framingOf, headBytes, type Splitter, splitterFor } from './frames.ts';
import type { Batch, Source } from './source.ts';

export interface FollowOptions {
  readonly paths: readonly string[];
  readonly maxRecordBytes: number;
  readonly format?: string | undefined;
  /** Keeps how far each file was acknowledged. */
  readonly placesFile: string;
  readonly nowMs: () => number;
  /** Told in one line when lines were lost: their file was rotated away while nobody read. */
  readonly onLost?: (why: string) => void;
}

/** How a file began: one that was cut and has grown again keeps its name, its inode and perhaps its size. */
const beginning = z.strictObject({ bytes: z.number(), sha256: z.string() });
const place = z.strictObject({
  inode: z.number(),
  offset: z.number(),
  line: z.number(),
  beginning: beginning.optional(),
});
const places = z.record(z.string(), place);
type Place = z.output<typeof place>;

const chunkBytes = 1 << 18;
const beginningBytes = 256;
const nothing = Buffer.alloc(0);
const pollMs = 250;
/** A rotated file may still be written to for a moment by a process that holds it open. */
const pollsAfterRotation = 4;
/** Files beside the followed one that are looked at for it. */
const mostSiblings = 200;

interface Line {
  readonly value: Uint8Array;
  readonly line: number;
  /** Place of its first byte. */
  readonly start: number;
}

interface Followed {
  readonly path: string;
  handle: FileHandle | undefined;
  /** Undefined until the file's first bytes have told how it is divided. */
  splitter: Splitter | undefined;
  /** Place at which the splitter began. */
  splitFrom: number;
  cut: CutLines<Line>;
  inode: number;
  /** Bytes read, and bytes up to the end of the last whole line. */
  offset: number;
  line: number;
  /** First bytes of what was read, at most `beginningBytes`. */
  beginning: Buffer;
  quietPolls: number;
}

/**
 * Log files followed through rotation, by new name (rename and create) or in place (copy and truncate).
 *
 * Delivery guarantee: at least once. Places are written after the records' alerts and state are safe; a
 * start reads on from there. An unfinished last line waits for its newline, and the parts of a line that a
 * container runtime cut for the last, until the file is rotated. What is truncated away
 * between two looks (a quarter of a second) was never seen.
 */
export function createFollowSource(options: FollowOptions): Source {
  const { paths, maxRecordBytes, format, placesFile, nowMs, onLost = () => {} } = options;
  const saved = new Map<string, Place>(Object.entries(readPlaces(placesFile)));
  const files: Followed[] = paths.map((path) => ({
    path,
    handle: undefined,
    splitter: undefined,
    splitFrom: 0,
    cut: new CutLines(),
    inode: 0,
    offset: 0,
    line: 0,
    beginning: nothing,
    quietPolls: 0,
  }));
  const closing = new AbortController();
  const buffer = Buffer.alloc(chunkBytes);

  async function read(file: Followed): Promise<Batch | undefined> {
    if (file.handle === undefined && !(await begin(file, saved.get(file.path), onLost))) return undefined;
    if (file.splitter === undefined) {
      file.splitter = await splitterOf(file, maxRecordBytes);
      file.splitFrom = file.offset;
    }
    if (file.splitter === undefined) return await rotated(file);
    const { bytesRead } = await (file.handle as FileHandle).read(buffer, 0, chunkBytes, file.offset);
    if (bytesRead === 0) return await rotated(file);
    // It was cut and has grown beyond our place between two looks.
    if (!file.beginning.equals(await firstBytes(file, file.beginning.length))) {
      const batch = rest(file);
      startOver(file);
      return batch;
    }
    file.quietPolls = 0;
    file.offset += bytesRead;
    if (file.beginning.length < beginningBytes)
      file.beginning = await firstBytes(file, Math.min(beginningBytes, file.offset));
    const { splitter } = file;
    const lines: Line[] = [];
    const firstLine = file.line;
    let start = file.splitFrom + splitter.givenBytes;
    for (const value of splitter.push(Buffer.from(buffer.subarray(0, bytesRead)))) {
      file.line += 1;
      const line = { value, line: file.line, start };
      start = file.splitFrom + splitter.givenBytes;
      if (value.byteLength === 0) continue;
      if (file.cut.passes(line)) lines.push(line);
      else lines.push(...file.cut.take(line));
    }
    // A part of a line longer than the buffer: there is more to read at once.
    if (file.line === firstLine) return { records: [], async commit() {} };
    const waiting = file.cut.first;
    const offset = waiting?.start ?? file.offset - splitter.heldBytes;
    return batchOf(file, lines, offset, waiting === undefined ? file.line : waiting.line - 1);
  }

  function batchOf(file: Followed, lines: readonly Line[], offset: number, line: number): Batch {
    const at: Place = {
      inode: file.inode,
      offset,
      line,
      beginning: { bytes: file.beginning.length, sha256: sha256(file.beginning) },
    };
    return {
      records: lines.map((each) => ({
        value: each.value,
        at: { kind: 'file', path: file.path, line: each.line },
        ingestTimeMs: nowMs(),
        partition: file.path,
        format,
      })),
      async commit() {
        saved.set(file.path, at);
        writePlaces(placesFile, saved);
      },
    };
  }

  /** What waited for more of a file of which no more comes; undefined when nothing did. */
  function rest(file: Followed): Batch | undefined {
    const last = file.splitter?.flush() ?? null;
    const line = { value: last ?? nothing, line: file.line + 1, start: file.offset };
    const lines =
      last === null || last.byteLength === 0 ? [] : file.cut.passes(line) ? [line] : file.cut.take(line);
    const all = [...lines, ...file.cut.flush()];
    return all.length === 0 ? undefined : batchOf(file, all, file.offset, file.line);
  }

  async function rotated(file: Followed): Promise<Batch | undefined> {
    const how = await rotation(file);
    if (how === 'none') return undefined;
    const batch = rest(file);
    if (how === 'cut') startOver(file);
    else {
      await file.handle?.close();
      file.handle = undefined;
    }
    return batch;
  }

  return {
    name: 'file',
    async close() {
      closing.abort();
      for (const { handle } of files) await handle?.close();
    },
    async *[Symbol.asyncIterator](): AsyncGenerator<Batch> {
      while (!closing.signal.aborted) {
        let any = false;
        for (const file of files) {
          if (closing.signal.aborted) return;
          const batch = await read(file).catch((error: NodeJS.ErrnoException) => {
            // Closing takes the file from under a read.
            if (closing.signal.aborted && error.code === 'EBADF') return undefined;
            throw error;
          });
          if (batch === undefined) continue;
          any = true;
          if (batch.records.length > 0) yield batch;
        }
        if (!any) await sleep(pollMs, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    },
  };
}

/** Opens a file at the place acknowledged last, under whatever name it has now. False while there is none. */
async function begin(
  file: Followed,
  from: Place | undefined,
  onLost: (why: string) => void,
): Promise<boolean> {
  const isFirst = file.inode === 0;
  const path = isFirst && from !== undefined ? await renamed(file.path, from, onLost) : file.path;
  if (!existsSync(path)) return false;
  file.handle = await open(path);
  const { ino, size } = await file.handle.stat();
  file.inode = ino;
  file.quietPolls = 0;
  startOver(file);
  if (!isFirst || from?.inode !== ino || from.offset > size) return true;
  const begins = await firstBytes(file, from.beginning?.bytes ?? 0);
  if (from.beginning !== undefined && sha256(begins) !== from.beginning.sha256) return true;
  file.offset = from.offset;
  file.line = from.line;
  file.beginning = begins;
  return true;
}

function startOver(file: Followed): void {
  file.offset = 0;
  file.line = 0;
  file.splitter = undefined;
  file.cut = new CutLines();
  file.beginning = nothing;
}

async function firstBytes({ handle }: Followed, count: number): Promise<Buffer> {
  if (handle === undefined || count === 0) return nothing;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** By the first bytes of the file, wherever reading goes on; undefined while they are too few to tell. */
async function splitterOf({ path, handle }: Followed, maxRecordBytes: number): Promise<Splitter | undefined> {
  if (handle === undefined) return undefined;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
  const compression = compressionOf(buffer.subarray(0, bytesRead));
  if (compression !== null)
    throw new Error(
      `${path}: a ${compression} file does not grow; set source.file.follow: false to read it once`,
    );
  const framing = framingOf(buffer.subarray(0, bytesRead));
  return framing && splitterFor(framing, maxRecordBytes);
}

/** Name that the file of a place has now: rotation while nobody read may have given it another. */
async function renamed(path: string, from: Place, onLost: (why: string) => void): Promise<string> {
  const inodeOf = async (name: string) => (await stat(name).catch(() => undefined))?.ino;
  if ((await inodeOf(path)) === from.inode) return path;
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(basename(path))).slice(0, mostSiblings)) {
    const sibling = join(folder, name);
    if ((await inodeOf(sibling)) === from.inode) return sibling;
  }
  onLost(
    `${path}: the file that was read up to line ${from.line} is gone; lines written to it since then were not seen`,
  );
  return path;
}

/** At the end of a file: has another taken its name, or was it cut? */
async function rotation(file: Followed): Promise<'none' | 'cut' | 'other'> {
  const now = existsSync(file.path) ? await stat(file.path) : undefined;
  if (now !== undefined && now.ino === file.inode) return now.size < file.offset ? 'cut' : 'none';
  file.quietPolls += 1;
  return now === undefined || file.quietPolls < pollsAfterRotation ? 'none' : 'other';
}

/** Throws one line when the file holds something else. */
function readPlaces(path: string): Record<string, Place> {
  if (!existsSync(path)) return {};
  const parsed = places.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success)
    throw new Error(`${path} does not hold places of log files; remove it to read them from their start`);
  return parsed.data;
}

function writePlaces(path: string, saved: ReadonlyMap<string, Place>): void {
  writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(saved)), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
