import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The folder cannot be used; the message says where, why and what to do. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}

export interface StateFolder {
  readonly dir: string;
  /** Absolute path of something inside. */
  path(name: string): string;
  /** Gives the folder back; the operating system does the same when the process dies. */
  release(): void;
}

/**
 * Makes the folder (0700) and takes it for this process alone.
 *
 * The lock is SQLite's exclusive file lock, since Node has no flock: the kernel drops it with the
 * process, so no stale lock survives a crash and a recycled process id means nothing.
 */
export function openStateFolder(dir: string): StateFolder {
  const root = resolve(dir);
  try {
    mkdirSync(root, { recursive: true, mode: 0o700 });
    accessSync(root, constants.W_OK | constants.X_OK);
    // Learnt behaviour and keys are nobody else's business, also when the folder was there before.
    chmodSync(root, 0o700);
  } catch (error) {
    throw new StateFolderError(
      `state folder ${root} cannot be used (${reason(error)}); make it writable for this user or name another one with --state DIR`,
    );
  }
  const lock = takeLock(root);
  return {
    dir: root,
    path: (name) => join(root, name),
    release: () => lock.close(),
  };
}

function takeLock(root: string): DatabaseSync {
  const ownerFile = join(root, 'owner');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(root, 'lock'));
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) {
      throw new StateFolderError(
        `state folder ${root} cannot be locked (${reason(error)}); use a file system with file locks and free space`,
      );
    }
    const owner = existsSync(ownerFile) ? readFileSync(ownerFile, 'utf8').trim() : 'another process';
    throw new StateFolderError(
      `state folder ${root} is in use by ${owner}; stop it first or name another folder with --state DIR`,
    );
  }
  try {
    writeFileSync(ownerFile, `process ${process.pid} on ${hostname()}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw new StateFolderError(
      `state folder ${root} cannot be written (${reason(error)}); free some space or mend the disk there`,
    );
  }
  return lock;
}

const isBusy = (error: unknown) => (error as { errcode?: number }).errcode === 5;

const reason = (error: unknown) =>
  (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.message : String(error));
