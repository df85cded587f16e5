import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { compressionOf } from './frames.ts';
import type { Place } from './log-places.ts';

/** A rotated file may still be written to for a moment by a process that holds it open. */
const pollsAfterRotation = 4;
/** Files beside the followed one that are looked at for it. */
const mostSiblings = 200;

/** Name that the file of a place has now: rotation while nobody read may have given it another. */
export async function renamed(path: string, from: Place, onLost: (why: string) => void): Promise<string> {
  if ((await statOf(path))?.ino === from.inode) return path;
  for (const sibling of await siblingsOf(path))
    if ((await statOf(sibling))?.ino === from.inode) return sibling;
  onLost(
    `${path}: the file that was read up to line ${from.line} is gone; lines written to it since then were not seen`,
  );
  return path;
}

/** By so many first bytes a copy is told: more than the header that every file of some formats begins with. */
export const copyBytes = 4096;

/** A file that was read to its end, when another had its name already. */
export interface Finished {
  /** When it was written to last. */
  readonly mtimeMs: number;
  /** Its first bytes, at most `copyBytes`. */
  readonly beginning: Buffer;
}

/**
 * The file that had the name after the finished one: mostly the one that has it now, but a source that had to
 * wait, or was not there, for longer than one rotation has files in between. A copy of a file is none of them.
 */
export async function following(
  path: string,
  { mtimeMs, beginning }: Finished,
  onLost: (why: string) => void,
): Promise<string> {
  const current = await statOf(path);
  const known = [beginning, await beginningOf(path)];
  const files: { readonly name: string; readonly mtimeMs: number }[] = [];
  for (const name of await siblingsOf(path)) {
    const found = await statOf(name);
    if (found?.isFile() && found.size > 0 && found.ino !== current?.ino)
      files.push({ name, mtimeMs: found.mtimeMs });
  }
  for (const file of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
    const begins = await beginningOf(file.name);
    const isOther = !known.some((each) => isCopy(begins, each));
    known.push(begins);
    if (!isOther || file.mtimeMs <= mtimeMs) continue;
    if (compressionOf(begins) === null) return file.name;
    onLost(
      `${path}: rotated more than once since it was read, and ${file.name} is compressed; it was not read`,
    );
  }
  return path;
}

/** Also when one of the two has grown since. */
function isCopy(a: Buffer, b: Buffer): boolean {
  const bytes = Math.min(a.length, b.length);
  return bytes > 0 && a.subarray(0, bytes).equals(b.subarray(0, bytes));
}

/** At the end of a file: has another taken its name, or was it cut? */
export async function rotation(file: {
  readonly path: string;
  readonly inode: number;
  readonly offset: number;
  quietPolls: number;
}): Promise<'none' | 'cut' | 'other'> {
  const now = await statOf(file.path);
  if (now !== undefined && now.ino === file.inode) return now.size < file.offset ? 'cut' : 'none';
  file.quietPolls += 1;
  return now === undefined || file.quietPolls < pollsAfterRotation ? 'none' : 'other';
}

/** Undefined where nothing is: rotation may take a file away at any moment. */
const statOf = (path: string) => stat(path).catch(() => undefined);

async function siblingsOf(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((each) => each.startsWith(basename(path)) && each !== basename(path))
    .slice(0, mostSiblings)
    .map((name) => join(folder, name));
}

async function beginningOf(path: string): Promise<Buffer> {
  const handle = await open(path).catch(() => undefined);
  if (handle === undefined) return Buffer.alloc(0);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(copyBytes), 0, copyBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
