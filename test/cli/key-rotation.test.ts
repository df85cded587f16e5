import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainModel } from '../support/engine-for-tests.ts';
import { runCli } from './run-cli.ts';

const secret = 'k-7d0f2b9c41ee47a8b7';
const hourMs = 3_600_000;
const startMs = Date.now() - 60 * hourMs;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(plainModel(60)));
  writeFileSync(join(cwd, 'revoked.txt'), '');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

/** A home-made log that holds the raw key. */
const line = (hour: number, path = '/orders/1') =>
  JSON.stringify({
    time: (startMs + hour * hourMs) / 1000,
    method: 'GET',
    path,
    status: 200,
    http_x_api_key: secret,
    remote_addr: '198.51.100.7',
    user_agent: 'billing/1.4',
  });
const hours = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => line(from + n));

/** The service on these lines, to their end. */
async function run(lines: readonly string[], decode = '') {
  writeFileSync(
    join(cwd, 'bearerwatch.yaml'),
    `
engine: { modelFile: model.json }
clickhouse: { enabled: false }
stdout: { format: json }
server: { enabled: false }
log: { format: json }
lists: { revokedFile: revoked.txt }
${decode}`,
  );
  const { code, stdout, stderr } = await runCli(['run', '-'], { cwd, input: `${lines.join('\n')}\n` });
  if (code !== 0) throw new Error(stderr);
  const alerts = stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text));
  return { alerts, stderr };
}

async function idOf(text: string): Promise<string> {
  const { stdout } = await runCli(['decode'], { cwd, input: `${text}\n` });
  return JSON.parse(stdout)['credential.id'];
}

function everythingWritten(dir: string): Buffer[] {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    return statSync(path).isDirectory() ? everythingWritten(path) : [readFileSync(path)];
  });
}

describe('a rotated hash key', () => {
  it('changes the ids, and not what is known by them', async () => {
    const first = await run(hours(0, 30));
    expect(first.stderr).toContain('made a key');
    const before = await idOf(line(30));
    expect(before).toMatch(/^key:[0-9a-f]{32}$/);
    writeFileSync(join(cwd, 'revoked.txt'), `${before}\n`);
    const { alerts: told } = await run([line(31)]);
    const incident = told[0]?.id;
    expect(incident).toMatch(/^[0-9a-f]{32}$/);

    const state = join(cwd, '.bearerwatch');
    renameSync(join(state, 'hash.key'), join(cwd, 'previous.key'));
    const rotating = 'decode: { previousHashKeyFile: previous.key }';
    const second = await run([line(32), line(33, `/orders/1?api_key=${secret}`)], rotating);
    const after = await idOf(line(34));
    expect(after).toMatch(/^key:[0-9a-f]{32}$/);
    expect(after).not.toBe(before);
    // The incident goes on under its own id, with the credential's new one; the list still holds the old one.
    expect(new Set(second.alerts.map(({ id }) => id))).toEqual(new Set([incident]));
    const last = second.alerts.at(-1);
    expect(last.credential.id).toBe(after);
    expect(last.detectors).toEqual(expect.arrayContaining(['revoked-accepted', 'secret-in-url']));

    // The key before is no longer needed: what was linked stays linked.
    const third = await run([line(35)]);
    expect(third.stderr).toContain('"credentials":1');
    const fourth = await run([line(36)]);
    expect(fourth.stderr).toContain('"credentials":1');
    expect(fourth.alerts).toEqual([]);
    for (const written of everythingWritten(state)) expect(written.includes(secret)).toBe(false);
  }, 60_000);

  it('without the key before, the credential is a newcomer', async () => {
    await run(hours(0, 3));
    rmSync(join(cwd, '.bearerwatch', 'hash.key'));
    await run([line(4)]);
    const { stderr } = await run([line(5)]);
    expect(stderr).toContain('"credentials":2');
  }, 60_000);

  it('is refused when it is no other key', async () => {
    await run([line(0)]);
    await expect(run([line(1)], 'decode: { previousHashKeyFile: .bearerwatch/hash.key }')).rejects.toThrow(
      'decode.previousHashKey is the key in use, so nothing is rotated',
    );
  }, 60_000);
});
