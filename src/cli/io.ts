import type { Readable, Writable } from 'node:stream';
import { createColors } from 'picocolors';

/** What a command may touch of the process. */
export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the process at once, with nothing more saved. */
  exit(code: number): void;
  /** From now on the process goes on when nobody reads its output any more. */
  outlastReaders?(): void;
}

export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** Ends a command with a message for people and an exit code; no stack is shown. */
export class CliFailure extends Error {
  override readonly name = 'CliFailure';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageFailure = (message: string) => new CliFailure(exitCodes.usage, message);
export const runFailure = (message: string) => new CliFailure(exitCodes.failed, message);

/** Waits for a slow reader, so that long output never piles up in memory. */
export function print(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });
}

/** Colours of one stream: only on a terminal, and never with NO_COLOR. */
export function colorsOf(io: Io, stream: Io['stdout']) {
  return createColors(wantsColor(io, stream));
}

export function wantsColor({ env }: Io, stream: Io['stdout']): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
