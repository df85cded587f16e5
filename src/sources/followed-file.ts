import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { CutLines } from './cut-lines.ts';
import { compressionOf, framingOf, headBytes, type Splitter, splitterFor } from './frames.ts';
import type { Place } from './log-places.ts';
import { copyBytes, type Finished, following, renamed } from './rotation.ts';

export const beginningBytes = 256;
const nothing = Buffer.alloc(0);

export interface FollowedLine {
  readonly value: Uint8Array;
  readonly line: number;
  /** Place of its first byte. */
  readonly start: number;
}

/** One log file as it is being read. */
export interface FollowedFile {
  readonly path: string;
  handle: FileHandle | undefined;
  /** Undefined until the file's first bytes have told how it is divided. */
  splitter: Splitter | undefined;
  /** Place at which the splitter began. */
  splitFrom: number;
  cut: CutLines<FollowedLine>;
  inode: number;
  /** Bytes read, and bytes up to the end of the last whole line. */
  offset: number;
  line: number;
  /** First bytes of what was read, at most `beginningBytes`. */
  beginning: Buffer;
  quietPolls: number;
  /** The one before, which had its name. */
  finished: Finished | undefined;
}

export function newFollowedFile(path: string): FollowedFile {
  return {
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
    finished: undefined,
  };
}

/** Opens a file at the place acknowledged last, under whatever name it has now; later, the one that follows it. False while there is none. */
export async function begin(
  file: FollowedFile,
  from: Place | undefined,
  onLost: (why: string) => void,
): Promise<boolean> {
  const isFirst = file.inode === 0;
  const path = isFirst
    ? from === undefined
      ? file.path
      : await renamed(file.path, from, onLost)
    : file.finished === undefined
      ? file.path
      : await following(file.path, file.finished, onLost);
  file.handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (file.handle === undefined) return false;
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

/** Closes a file that was read to its end and whose name another has. */
export async function finish(file: FollowedFile): Promise<void> {
  if (file.handle === undefined) return;
  const { mtimeMs } = await file.handle.stat();
  file.finished = { mtimeMs, beginning: await firstBytes(file, copyBytes) };
  await file.handle.close();
  file.handle = undefined;
}

export function startOver(file: FollowedFile): void {
  file.offset = 0;
  file.line = 0;
  file.splitter = undefined;
  file.cut = new CutLines();
  file.beginning = nothing;
}

export async function firstBytes({ handle }: FollowedFile, count: number): Promise<Buffer> {
  if (handle === undefined || count === 0) return nothing;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
  return buffer.subarray(0, bytesRead);
}

/** By the first bytes of the file, wherever reading goes on; undefined while they are too few to tell. */
export async function splitterOf(
  { path, handle }: FollowedFile,
  maxRecordBytes: number,
): Promise<Splitter | undefined> {
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

/** Where its records are safe up to, once these are. */
export function placeOf({ inode, beginning }: FollowedFile, offset: number, line: number): Place {
  return { inode, offset, line, beginning: { bytes: beginning.length, sha256: sha256(beginning) } };
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
