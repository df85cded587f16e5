import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from './run-cli.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 5);

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  const lines = Array.from({ length: 12 }, (_, n) =>
    JSON.stringify({
      timestamp: startMs + Math.floor(n / 3) * dayMs + n * 1_000,
      'event.id': `e-${n}`,
      'gateway.type': 'canonical',
      'credential.id': `key-${n % 3}`,
      'credential.type': 'api_key',
      'credential.source': 'gateway_id',
      'http.request.method': 'GET',
      'url.path': `/things-${n % 3}`,
      'http.response.status_code': 200,
      'client.address': '198.51.100.7',
    }),
  );
  writeFileSync(join(cwd, 'log.jsonl'), `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function proposed(args: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli(['propose', ...args], { cwd });
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  const { lists } = parse(stdout) as { lists: { inventory: { credential: string }[] } };
  return lists.inventory.map(({ credential }) => credential).sort();
}

describe('bearerwatch propose', () => {
  it('declares what every credential was used for', async () => {
    expect(await proposed(['log.jsonl'])).toEqual(['key-0', 'key-1', 'key-2']);
  });

  it('takes the file behind --credential for a file, and the option again for another credential', async () => {
    expect(await proposed(['--credential', 'key-1', 'log.jsonl'])).toEqual(['key-1']);
    expect(await proposed(['--credential', 'key-1', '--credential', 'key-2', 'log.jsonl'])).toEqual([
      'key-1',
      'key-2',
    ]);
  });
});
