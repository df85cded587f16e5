import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { z } from 'zod';
import { type Position, position } from '../../schemas/position.ts';
import type { CheckpointWriter } from '../engine/engine.types.ts';

/** Raised when entries are laid out differently; older folders are then refused by name. */
const storeFormat = 1;

/** The checkpoint cannot be read or written; the message says where, why and what to do. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

const stamp = z.strictObject({
  format: z.number(),
  /** Version of the program that wrote it, for messages only. */
  writtenBy: z.string(),
  /** Of the configuration that shaped the state; a difference is worth a line in the log. */
  fingerprint: z.string(),
  savedAtMs: z.number(),
});
export type Stamp = z.output<typeof stamp>;

/** Up to where a partition is judged. */
export interface SavedPosition {
  readonly at: Position;
  /** Newest ingest time of what was read: it tells a topic from another one of the same name. */
  readonly newestMs?: number | undefined;
}

const savedPosition = z.strictObject({
  partition: z.string(),
  at: position,
  newestMs: z.number().optional(),
});

export interface Restored {
  readonly stamp: Stamp;
  /** Input positions up to which the state is true, by partition. */
  readonly positions: ReadonlyMap<string, SavedPosition>;
  /** Read lazily: the whole state never lies twice in memory. */
  entries(): Iterable<readonly [key: string, value: Uint8Array]>;
}

export interface CheckpointStore {
  /** Undefined when the folder is new. */
  readonly restored: Restored | undefined;
  /**
   * Writes what `fill` puts together with the positions, all or nothing, and returns when the disk has
   * it. After a failure (CheckpointError) nothing of it is there; what was put is kept and goes with the
   * next save, because the engine does not offer the same change twice.
   */
  save(fill: (writer: CheckpointWriter) => void, positions: ReadonlyMap<string, SavedPosition>): SavedFigures;
  close(): Promise<void>;
}

export interface SavedFigures {
  readonly entries: number;
  readonly bytes: number;
}

export interface CheckpointOptions {
  readonly dir: string;
  readonly version: string;
  readonly fingerprint: string;
  readonly now: () => number;
}

const statePrefix = 'state/';
const positionPrefix = 'position/';
const stampKey = 'stamp';

/** Removes what was learnt; the next start is a first start. */
export function forgetCheckpoint(dir: string): void {
  rmSync(dir, { recursive: true, force: true });
}

export function openCheckpoint(options: CheckpointOptions): CheckpointStore {
  const { dir } = options;
  const database = openDatabase(dir);
  try {
    const restored = restore(database, dir);
    return { restored, ...writer(database, options), close: () => database.close() };
  } catch (error) {
    // The error that matters is the one in hand; the database is only read so far.
    void database.close();
    throw error;
  }
}

function openDatabase(dir: string): RootDatabase<Buffer, string> {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    checkHeader(join(dir, 'data.mdb'));
    checkRoom(dir);
    return open<Buffer, string>({ path: dir, encoding: 'binary', keyEncoding: 'ordered-binary' } as never);
  } catch (error) {
    throw error instanceof CheckpointError ? error : unreadable(dir, text(error));
  }
}

/** LMDB's magic number, in the first page after the page's own header. */
const magic = Buffer.from([0xde, 0xc0, 0xef, 0xbe]);
const headerBytes = 64;

/** LMDB brings the whole process down on a file that is not its own, so that is found out before. */
function checkHeader(file: string): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  const header = Buffer.alloc(headerBytes);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, headerBytes, 0);
  } finally {
    closeSync(descriptor);
  }
  if (!header.includes(magic)) throw new Error('data.mdb is damaged');
}

const roomBytes = 1_048_576;

/** Its lock file is written through memory, where a full disk is not an error but the end of the process. */
function checkRoom(dir: string): void {
  if (existsSync(join(dir, 'lock.mdb'))) return;
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize >= roomBytes) return;
  throw new CheckpointError(`checkpoint ${dir} cannot be made: the disk is full; free some space there`);
}

function restore(database: RootDatabase<Buffer, string>, dir: string): Restored | undefined {
  let raw: Buffer | undefined;
  const positions = new Map<string, SavedPosition>();
  let found: Stamp;
  try {
    raw = database.get(stampKey);
    if (raw === undefined) return undefined;
    found = stamp.parse(JSON.parse(raw.toString()));
    if (found.format === storeFormat) {
      for (const { value } of range(database, positionPrefix)) {
        const { partition, ...saved } = savedPosition.parse(JSON.parse(value.toString()));
        positions.set(partition, saved);
      }
    }
  } catch (error) {
    throw unreadable(dir, text(error));
  }
  if (found.format !== storeFormat) {
    throw new CheckpointError(
      `checkpoint ${dir} was written by bearerwatch ${found.writtenBy} in format ${found.format}, this one reads ${storeFormat}; run that version, move the folder away, or start over with --fresh`,
    );
  }
  return {
    stamp: found,
    positions,
    *entries() {
      for (const { key, value } of range(database, statePrefix)) yield [key.slice(statePrefix.length), value];
    },
  };
}

function writer(
  database: RootDatabase<Buffer, string>,
  { dir, version, fingerprint, now }: CheckpointOptions,
): Pick<CheckpointStore, 'save'> {
  const inode = inodeOf(dir);
  /** Undefined marks a removal. Empty again after every save that succeeded. */
  const staged = new Map<string, Uint8Array | undefined>();
  return {
    save(fill, positions) {
      fill({
        // Copied: the engine's records are views into memory that moves on.
        put: (key, value) => void staged.set(statePrefix + key, value.slice()),
        remove: (key) => void staged.set(statePrefix + key, undefined),
      });
      // LMDB writes on into a file that has no name any more, and says that all is well.
      if (inodeOf(dir) !== inode)
        throw new CheckpointError(
          `checkpoint ${dir} was removed or replaced while in use: nothing can be saved there; put it back or start again, until then nothing is acknowledged at the source`,
        );
      const written: Stamp = { format: storeFormat, writtenBy: version, fingerprint, savedAtMs: now() };
      let bytes = 0;
      try {
        database.transactionSync(() => {
          for (const [key, value] of staged) {
            if (value === undefined) database.removeSync(key);
            else database.putSync(key, asBuffer(value));
            bytes += value?.byteLength ?? 0;
          }
          for (const [partition, saved] of positions) {
            database.putSync(positionKey(partition), Buffer.from(JSON.stringify({ partition, ...saved })));
          }
          database.putSync(stampKey, Buffer.from(JSON.stringify(written)));
        });
      } catch (error) {
        throw new CheckpointError(
          `checkpoint ${dir} cannot be written (${text(error)}; ${freeSpace(dir)}); free space or mend the disk: until then nothing is acknowledged at the source`,
        );
      }
      const entries = staged.size;
      staged.clear();
      return { entries, bytes };
    },
  };
}

const inodeOf = (dir: string) => statSync(join(dir, 'data.mdb'), { throwIfNoEntry: false })?.ino;

function range(database: RootDatabase<Buffer, string>, prefix: string) {
  return database.getRange({ start: prefix, end: `${prefix}\uffff` });
}

/** Partition names may be longer than a key can be (file paths), so the key is a hash of the name. */
function positionKey(partition: string): string {
  return positionPrefix + createHash('sha256').update(partition).digest('hex').slice(0, 32);
}

const asBuffer = (value: Uint8Array) => Buffer.from(value.buffer, value.byteOffset, value.byteLength);

function unreadable(dir: string, why: string): CheckpointError {
  return new CheckpointError(
    `checkpoint ${dir} cannot be read (${why}); move the folder away to look into it, or start over with --fresh`,
  );
}

function freeSpace(dir: string): string {
  if (!existsSync(dir)) return 'the folder is gone';
  const { bavail, bsize } = statfsSync(dir);
  return `${Math.floor((bavail * bsize) / 1_048_576)} MiB free there`;
}

/** LMDB's own texts may hold line breaks and colours of the terminal. */
function text(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.slice(0, 200);
}
