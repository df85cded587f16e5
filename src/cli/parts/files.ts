import { existsSync, statSync } from 'node:fs';
import type { Config } from '../../config/schema.ts';
import { createFileSource } from '../../sources/file.ts';
import type { Source } from '../../sources/source.ts';
import { type Io, usageFailure } from '../io.ts';

/** Files to their end, for `decode` and `replay`. A file that is not there is found before the first line is read. */
export async function filesSource(
  config: Config,
  files: readonly string[],
  io: Io,
  format?: string,
): Promise<Source> {
  const missing = files.filter((file) => file !== '-' && !existsSync(file));
  if (missing.length > 0) throw usageFailure(`no such file: ${missing.join(', ')}`);
  return createFileSource({
    files,
    maxRecordBytes: config.decode.maxRecordBytes,
    format: format === 'auto' ? undefined : format,
    nowMs: Date.now,
    stdin: io.stdin,
  });
}

/** An output replaces what was there: before the first line is read, so that it is none of the logs, by any of its names. */
export function mustNotBeRead(option: string, output: string | undefined, files: readonly string[]): void {
  if (output === undefined || !existsSync(output)) return;
  const { dev, ino } = statSync(output);
  const same = files.find((file) => {
    if (file === '-' || !existsSync(file)) return false;
    const input = statSync(file);
    return input.dev === dev && input.ino === ino;
  });
  if (same !== undefined)
    throw usageFailure(`${option} ${output}: it would replace the log that is read; name another file`);
}
