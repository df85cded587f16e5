import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { compressionOf, framingOf, headBytes, type Splitter, splitterFor } from './frames.ts';
import type { Batch, RawRecord, Source } from './source.ts';

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

interface Followed {
  readonly path: string;
  handle: FileHandle | undefined;
  /** Undefined until the file's first bytes have told how it is divided. */
  splitter: Splitter | undefined;
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
 * start reads on from there. An unfinished last line waits for its newline. What is truncated away
 * between two looks (a quarter of a second) was never seen.
 */
export function createFollowSource(options: FollowOptions): Source {
  const { paths, maxRecordBytes, format, placesFile, nowMs, onLost = () => {} } = options;
  const saved = new Map<string, Place>(Object.entries(readPlaces(placesFile)));
  const files: Followed[] = paths.map((path) => ({
    path,
    handle: undefined,
    splitter: undefined,
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
    file.splitter ??= await splitterOf(file, maxRecordBytes);
    if (file.splitter === undefined) {
      await rotate(file);
      return undefined;
    }
    const { bytesRead } = await (file.handle as FileHandle).read(buffer, 0, chunkBytes, file.offset);
    if (bytesRead === 0) {
      await rotate(file);
      return undefined;
    }
    // It was cut and has grown beyond our place between two looks.
    if (!file.beginning.equals(await firstBytes(file, file.beginning.length))) {
      startOver(file);
      return undefined;
    }
    file.quietPolls = 0;
    file.offset += bytesRead;
    if (file.beginning.length < beginningBytes)
      file.beginning = await firstBytes(file, Math.min(beginningBytes, file.offset));
    const records: RawRecord[] = [];
    let lineBytes = 0;
    for (const value of file.splitter.push(Buffer.from(buffer.subarray(0, bytesRead)))) {
      file.line += 1;
      lineBytes += 1;
      if (value.byteLength === 0) continue;
      records.push({
        value,
        at: { kind: 'file', path: file.path, line: file.line },
        ingestTimeMs: nowMs(),
        partition: file.path,
        format,
      });
    }
    // A part of a line longer than the buffer: there is more to read at once.
    if (lineBytes === 0) return { records, async commit() {} };
    const at: Place = {
      inode: file.inode,
      offset: file.offset - file.splitter.heldBytes,
      line: file.line,
      beginning: { bytes: file.beginning.length, sha256: sha256(file.beginning) },
    };
    return {
      records,
      async commit() {
        saved.set(file.path, at);
        writePlaces(placesFile, saved);
      },
    };
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
async function rotate(file: Followed): Promise<void> {
  const now = existsSync(file.path) ? await stat(file.path) : undefined;
  if (now !== undefined && now.ino === file.inode) {
    if (now.size < file.offset) startOver(file);
    return;
  }
  file.quietPolls += 1;
  if (now === undefined || file.quietPolls < pollsAfterRotation) return;
  await file.handle?.close();
  file.handle = undefined;
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
