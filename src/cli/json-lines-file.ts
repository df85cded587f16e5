import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { printableJson } from '../alerting/printable.ts';
import { messageOf, runFailure } from './io.ts';

export interface JsonLinesFile {
  /** Waits when the disk is slower than the caller. */
  write(values: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

/** A file of JSON lines for the owner alone; what was there before is replaced. */
export async function jsonLinesFile(path: string): Promise<JsonLinesFile> {
  const stream = createWriteStream(path, { mode: 0o600 });
  const failed = (error: unknown) => runFailure(`cannot write ${path}: ${messageOf(error)}`);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw failed(error);
  }
  let failure: unknown;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    async write(values) {
      if (failure !== undefined) throw failed(failure);
      if (values.length === 0) return;
      const text = values.map((value) => `${printableJson(value)}\n`).join('');
      await new Promise<void>((resolve, reject) => {
        stream.write(text, (error) => (error ? reject(failed(error)) : resolve()));
      });
    },
    async close() {
      await new Promise<void>((resolve, reject) => {
        stream.end((error?: Error | null) => (error ? reject(failed(error)) : resolve()));
      });
    },
  };
}
