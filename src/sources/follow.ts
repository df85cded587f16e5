import type { FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  begin,
  beginningBytes,
  type FollowedFile,
  type FollowedLine,
  finish,
  firstBytes,
  newFollowedFile,
  placeOf,
  splitterOf,
  startOver,
} from './followed-file.ts';
import { type Place, readPlaces, writePlaces } from './log-places.ts';
import { rotation } from './rotation.ts';
import type { Batch, Source } from './source.ts';

export interface FollowOptions {
  readonly paths: readonly string[];
  readonly maxRecordBytes: number;
  readonly format?: string | undefined;
  /** Keeps how far each file was acknowledged. */
  readonly placesFile: string;
  readonly nowMs: () => number;
  /** Told in one line when lines were lost, as their file was rotated away while nobody read, or when a file is not there at the start. */
  readonly onLost?: (why: string) => void;
}

const chunkBytes = 1 << 18;
const pollMs = 250;

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
  const files = paths.map(newFollowedFile);
  const saidAbsent = new Set<string>();
  const closing = new AbortController();
  const buffer = Buffer.alloc(chunkBytes);

  async function read(file: FollowedFile): Promise<Batch | undefined> {
    if (file.handle === undefined && !(await begin(file, saved.get(file.path), onLost))) {
      // Most often a slip in the path: without a word the service would look as if nobody called the API.
      if (file.inode === 0 && !saidAbsent.has(file.path))
        onLost(`${file.path} is not there; it is read from its beginning once it is`);
      saidAbsent.add(file.path);
      return undefined;
    }
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
    const lines: FollowedLine[] = [];
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

  function batchOf(file: FollowedFile, lines: readonly FollowedLine[], offset: number, line: number): Batch {
    const at = placeOf(file, offset, line);
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
  function rest(file: FollowedFile): Batch | undefined {
    const last = file.splitter?.flush() ?? null;
    const line = { value: last ?? new Uint8Array(), line: file.line + 1, start: file.offset };
    const lines =
      last === null || last.byteLength === 0 ? [] : file.cut.passes(line) ? [line] : file.cut.take(line);
    const all = [...lines, ...file.cut.flush()];
    return all.length === 0 ? undefined : batchOf(file, all, file.offset, file.line);
  }

  async function rotated(file: FollowedFile): Promise<Batch | undefined> {
    const how = await rotation(file);
    if (how === 'none') return undefined;
    const batch = rest(file);
    if (how === 'cut') startOver(file);
    else await finish(file);
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
