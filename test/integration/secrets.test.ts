import { beforeAll, describe, expect, it, vi } from 'vitest';
import { folderForSuite } from '../support/test-folder.ts';
import { linesWithSecrets, type Planted, secretsIn } from './harness/planted-secrets.ts';
import { startService } from './harness/service.ts';
import { everythingWritten, writesEverything } from './harness/written.ts';

const patience = { timeout: 40_000, interval: 200 };

describe('run, on lines with a secret in every position of every format', () => {
  const folder = folderForSuite();
  let planted: Planted[] = [];
  let written = new Map<string, string>();

  beforeAll(async () => {
    const made = linesWithSecrets(Date.now());
    planted = made.planted;
    const service = await startService({ folder, args: ['-'], config: writesEverything(folder) });
    await service.ready();
    await service.write(`${made.lines.join('\n')}\n`);
    await vi.waitFor(
      async () => expect(await service.metric('bearerwatch_records_total')).toBe(made.lines.length),
      patience,
    );
    await vi.waitFor(
      async () =>
        expect(await service.metric('bearerwatch_last_checkpoint_timestamp_seconds')).toBeGreaterThan(0),
      patience,
    );
    written = await everythingWritten(service);
  }, 120_000);

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
