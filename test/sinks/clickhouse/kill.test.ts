import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { ClickHouseInUse, openClickHouse } from '../../../src/sinks/clickhouse/client.ts';
import { createAlertQuery } from '../../../src/sinks/clickhouse/query.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-kill-'));
const config = clickhouseConfig.parse({});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the delivering process, kills it when `enough` alerts are acknowledged, and gives those. */
async function deliverAndKill(
  first: number,
  enough: number,
  meanwhile?: () => Promise<void>,
): Promise<string[]> {
  const script = join(import.meta.dirname, 'deliver-until-killed.ts');
  const child = spawn(process.execPath, [script, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.split('\n').length <= enough) continue;
    await meanwhile?.();
    meanwhile = undefined;
    child.kill('SIGKILL');
  }
  return printed.split('\n').slice(0, -1);
}

it('createClickHouseSink() keeps every acknowledged alert once through kill -9, and the repeats after it', async () => {
  const before = await deliverAndKill(0, 20, async () => {
    // While the service runs, its folder is closed to others, and they are told what to do.
    await expect(openClickHouse(config, folder)).rejects.toThrow(ClickHouseInUse);
    await expect(openClickHouse(config, folder)).rejects.toThrow(/ask the running service over its API/);
  });
  // As after a restart from a checkpoint: the last ones are judged and delivered again.
  const after = await deliverAndKill(before.length - 5, 10);
  const clickhouse = await openClickHouse(config, folder);
  const stored = (await createAlertQuery(clickhouse).listAlerts({ limit: 1000 })).map(({ id }) => id);
  await clickhouse.client.close();
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toEqual(expect.arrayContaining([...before, ...after]));
});
