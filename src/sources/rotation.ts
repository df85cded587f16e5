import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Place } from './log-places.ts';

/** A rotated file may still be written to for a moment by a process that holds it open. */
const pollsAfterRotation = 4;
/** Files beside the followed one that are looked at for it. */
const mostSiblings = 200;

/** Name that the file of a place has now: rotation while nobody read may have given it another. */
export async function renamed(path: string, from: Place, onLost: (why: string) => void): Promise<string> {
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
export async function rotation(file: {
  readonly path: string;
  readonly inode: number;
  readonly offset: number;
  quietPolls: number;
}): Promise<'none' | 'cut' | 'other'> {
  const now = existsSync(file.path) ? await stat(file.path) : undefined;
  if (now !== undefined && now.ino === file.inode) return now.size < file.offset ? 'cut' : 'none';
  file.quietPolls += 1;
  return now === undefined || file.quietPolls < pollsAfterRotation ? 'none' : 'other';
}
