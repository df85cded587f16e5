import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Alert } from '../../schemas/alert.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';

const root = join(import.meta.dirname, '../..');
export const dataFolder = process.env['BEARERWATCH_DATA'] ?? join(root, '../shared/data');

/** Lines of a file of the real data, unpacked. Throws one line that says what to set when it is absent. */
export function dataLines(name: string): string[] {
  const file = join(dataFolder, name);
  if (!existsSync(file))
    throw new Error(`${file} is not there; set BEARERWATCH_DATA to the folder of the real data`);
  const bytes = readFileSync(file);
  const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text.split('\n').filter((line) => line !== '');
}

/** CSV without quotes, as objects by column name. */
export function dataRows(name: string): Map<string, string>[] {
  const [head, ...lines] = dataLines(name).map((line) => line.replace(/\r$/, '').split(','));
  return lines.map((cells) => new Map((head ?? []).map((column, c) => [column, cells[c] ?? ''])));
}

export interface Replayed {
  readonly scores: readonly ScoreLine[];
  readonly alerts: readonly Alert[];
  /** The command as a user would type it. */
  readonly command: string;
  readonly folder: string;
}

/** Lines through the real `bearerwatch replay FILE --scores F --alerts F`, with nothing configured. */
export function replayLines(lines: readonly string[], flags: readonly string[] = []): Replayed {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-real-'));
  writeFileSync(join(folder, 'events.jsonl'), `${lines.join('\n')}\n`);
  const args = ['replay', 'events.jsonl', '--scores', 'scores.jsonl', '--alerts', 'alerts.jsonl', ...flags];
  execFileSync(process.execPath, [join(root, 'src/cli/bearerwatch.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, BEARERWATCH_CONFIG: '' },
  });
  const read = (name: string) =>
    readFileSync(join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  return {
    scores: read('scores.jsonl').map((line): ScoreLine => JSON.parse(line)),
    alerts: read('alerts.jsonl').map((line): Alert => JSON.parse(line)),
    command: `bearerwatch ${args.join(' ')}`,
    folder,
  };
}

/** `bearerwatch decode` of the same lines: the canonical events by event id. */
export function decodeFile(folder: string): Map<string, Record<string, unknown>> {
  const out = execFileSync(
    process.execPath,
    [join(root, 'src/cli/bearerwatch.ts'), 'decode', 'events.jsonl', '--dead-letter', 'refused.jsonl'],
    {
      cwd: folder,
      maxBuffer: 1 << 29,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, BEARERWATCH_CONFIG: '' },
    },
  );
  const events = out
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line));
  return new Map(events.map((event) => [String(event['event.id']), event]));
}

/** Share of positives over the threshold that at most this share of negatives exceeds. */
export function foundAtFalseShare(
  positives: readonly number[],
  negatives: readonly number[],
  falseShare: number,
): { readonly found: number; readonly threshold: number } {
  const falling = [...negatives].sort((a, b) => b - a);
  const threshold = falling[Math.floor(falling.length * falseShare)] ?? Number.NEGATIVE_INFINITY;
  return {
    found: positives.filter((score) => score > threshold).length / Math.max(1, positives.length),
    threshold,
  };
}
