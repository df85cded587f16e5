import { type FileHandle, open, rename } from 'node:fs/promises';
import type { DeadLettersConfig } from '../../schemas/config/dead-letters.ts';
import { printableJson } from '../alerting/printable.ts';
import { backoffMs, waitMs } from './retry.ts';
import type { Sink } from './sink.ts';
import type { SinkFigures } from './sink-figures.ts';

/**
 * Appends dead letters to a file as JSON lines, readable by its owner only.
 *
 * Delivery guarantee: at least once, in order. A disk that is full or a folder that is not writable
 * is a problem at once and is retried until it is mended; meanwhile the source waits. At most two
 * files of `maxBytes` and one delivery are kept.
 */
export async function openDeadLetterFile(
  config: DeadLettersConfig & { readonly file: string },
): Promise<Sink & { figures(): SinkFigures }> {
  const { file, maxBytes } = config;
  const backoff = { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs };
  /** Undefined when it could not be opened again. */
  let handle: FileHandle | undefined;
  try {
    handle = await openForAppend(file);
  } catch (error) {
    throw new Error(
      `dead letters: cannot write ${file} (${codeOf(error)}); check the folder and its permissions`,
    );
  }
  let problem: string | undefined;
  let retries = 0;
  let failures = 0;
  let last: Promise<void> = Promise.resolve();

  async function close(): Promise<void> {
    const closing = handle;
    handle = undefined;
    await closing?.close();
  }

  async function append(lines: string): Promise<void> {
    handle ??= await openForAppend(file);
    const { size, nlink } = await handle.stat();
    if (size >= maxBytes || nlink === 0) {
      await close();
      // One that was removed has no name any more: what is written to it nobody finds.
      if (nlink > 0) await rename(file, `${file}.1`);
      handle = await openForAppend(file);
    }
    const before = (await handle.stat()).size;
    try {
      await handle.appendFile(lines);
    } catch (error) {
      // Half a line would spoil the next one. Should that fail too, the write's own error says more.
      await handle.truncate(before).catch(() => {});
      throw error;
    }
  }

  async function appendUntilDone(lines: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      try {
        await append(lines);
        problem = undefined;
        return;
      } catch (error) {
        failures++;
        const code = codeOf(error);
        const reason = code === 'ENOSPC' ? 'the disk is full: free some space' : code;
        problem = `dead letters: cannot write ${file} (${reason})`;
        retries++;
        await waitMs(backoffMs(backoff, attempt), signal);
      }
    }
  }

  return {
    name: 'dead-letter',
    async deliver({ deadLetters }, signal) {
      if (deadLetters.length === 0) return;
      const lines = deadLetters.map((letter) => `${printableJson(letter)}\n`).join('');
      // One after another, so that a rotation never meets a write under way.
      const mine = last.then(() => appendUntilDone(lines, signal));
      last = mine.catch(() => {
        // The caller of that delivery is told; the next one starts afresh.
      });
      await mine;
    },
    problem: () => problem,
    figures: () => ({ waiting: 0, retries, failures }),
    async close() {
      await last;
      await close();
    },
  };
}

function openForAppend(file: string): Promise<FileHandle> {
  return open(file, 'a', 0o600);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
