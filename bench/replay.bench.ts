import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fleetLines } from './fleet-lines.ts';

export interface ReplayRow {
  readonly lines: number;
  readonly linesPerSecond: number;
  /** JSON.parse of every line of the same file, read and split in the same way. */
  readonly parsesPerSecond: number;
}

/** A file of log lines through the whole `replay` command, start-up left out. */
export function measureReplay(count: number): ReplayRow {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-bench-'));
  try {
    const file = join(folder, 'fleet.log');
    const lines = [...fleetLines(count)];
    writeFileSync(file, `${lines.join('\n')}\n`);
    const run = spawnSync(process.execPath, [resolve('src/cli/bearerwatch.ts'), 'replay', file, '--json'], {
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`replay failed: ${run.stderr}`);
    const { seconds } = JSON.parse(run.stdout) as { seconds: number };
    const buffers = lines.map((line) => Buffer.from(line));
    const started = process.hrtime.bigint();
    let parsed = 0;
    for (const buffer of buffers) if (typeof JSON.parse(buffer.toString()) === 'object') parsed += 1;
    const parseSeconds = Number(process.hrtime.bigint() - started) / 1e9;
    return { lines: parsed, linesPerSecond: count / seconds, parsesPerSecond: parsed / parseSeconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
