import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { linesWithSecrets, type Planted, secretsIn } from './harness/planted-secrets.ts';
import { startService } from './harness/service.ts';
import { storedRows } from './harness/stored.ts';

describe('run, on lines with a secret in every position of every format', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-secrets-'));
  let planted: Planted[] = [];
  /** Everything written, by where it was written to. */
  const written = new Map<string, string>();

  beforeAll(async () => {
    const made = linesWithSecrets(Date.now());
    planted = made.planted;
    const service = await startService({
      folder,
      args: ['-'],
      config: {
        log: { format: 'json', level: 'trace' },
        stdout: { format: 'json' },
        clickhouse: { eventSampleRate: 1 },
        deadLetters: { file: join(folder, 'dead-letters.jsonl') },
        checkpoint: { everyMs: 500 },
      },
    });
    await service.ready();
    await service.write(`${made.lines.join('\n')}\n`);
    await vi.waitFor(
      async () => expect(await service.metric('bearerwatch_records_total')).toBe(made.lines.length),
      { timeout: 20_000, interval: 200 },
    );
    await vi.waitFor(
      async () =>
        expect(await service.metric('bearerwatch_last_checkpoint_timestamp_seconds')).toBeGreaterThan(0),
      { timeout: 20_000, interval: 200 },
    );
    for (const page of ['/metrics', '/', '/api/v1/alerts', '/healthz', '/api/v1/coverage']) {
      const answer = await fetch(`${service.url}${page}`);
      expect(answer.status, page).toBe(200);
      written.set(`page ${page}`, await answer.text());
    }
    expect(await service.stop()).toBe(0);
    written.set('standard output', service.stdout());
    written.set('standard error', service.stderr());
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) written.set(`file ${path.slice(folder.length + 1)}`, readFileSync(path, 'latin1'));
    }
    // Its files are compressed, so what it holds is asked for as well.
    for (const [table, rows] of await storedRows(join(folder, 'state'))) written.set(`table ${table}`, rows);
  }, 120_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has written something to every place that is searched', () => {
    expect(planted.length).toBeGreaterThan(120);
    expect(written.get('table usage_events')?.length).toBeGreaterThan(1000);
    expect(written.get('table dead_letters')?.length).toBeGreaterThan(1000);
    expect(written.get('file dead-letters.jsonl')?.length).toBeGreaterThan(1000);
    expect(written.get('standard output')).toContain('secret-in-url');
    expect(written.get('standard error')).toContain('bearerwatch');
    expect([...written.keys()].filter((place) => place.startsWith('file state/checkpoint'))).not.toEqual([]);
  });

  it('has written none of them, in clear, URL-encoded, base64 or hexadecimal', () => {
    expect(secretsIn(planted, written)).toEqual([]);
  });
});
