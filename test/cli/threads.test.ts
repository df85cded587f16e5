import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { demoLive, demoPast } from '../../src/simulation/demo-fleet.ts';
import { runCli } from './run-cli.ts';

const startMs = Date.UTC(2026, 5, 1);
const pastLines = 12_000;
const liveMs = 4 * 60_000;
const hashKey = '0123456789abcdef0123456789abcdef';

let cwd: string;
let strangeLines = 0;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  const past = Array.from(demoPast(7, startMs), ({ line }) => line).slice(-pastLines);
  const live = Array.from(demoLive(7, startMs).linesUntil(startMs + liveMs), ({ line }) => line);
  const known = [...past, ...live];
  strangeLines = Math.ceil(known.length / 500);
  const lines = known.map((line, n) => (n % 500 === 0 ? `${line}\nnot a log line` : line));
  writeFileSync(join(cwd, 'fleet.log'), `${lines.join('\n')}\n`);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** What `replay` finds in the fleet's lines, and its summary without what depends on the machine. */
async function replayed(thread: boolean, name: string) {
  const { code, stdout, stderr } = await runCli(
    [
      ...['replay', 'fleet.log', '--json', '--alerts', `${name}.alerts`, '--scores', `${name}.scores`],
      ...['--set', `decode.thread=${thread}`, '--set', `decode.hashKey=${hashKey}`],
    ],
    { cwd },
  );
  expect(code, stderr).toBe(0);
  const { seconds: _, recordsPerSecond: __, ...summary } = JSON.parse(stdout) as Record<string, unknown>;
  const written = (what: string) => readFileSync(join(cwd, `${name}.${what}`), 'utf8');
  return { summary, alerts: written('alerts'), scores: written('scores') };
}

describe('bearerwatch replay, decoding in a thread of its own', () => {
  it('finds and scores the same to the last byte as in one thread', async () => {
    const one = await replayed(false, 'one');
    expect(one.alerts.split('\n').length).toBeGreaterThan(5);
    expect(one.scores.split('\n').length).toBeGreaterThan(100);
    expect(one.summary['refused']).toEqual({ 'unknown-format': strangeLines });
    expect(await replayed(true, 'two')).toEqual(one);
  });

  it.each([true, false])('says what is wrong with a file it needs, and ends: thread %s', async (thread) => {
    const wrong = ['--set', `decode.thread=${thread}`, '--set', 'decode.asnFile=fleet.log'];
    const { code, stderr } = await runCli(['replay', 'fleet.log', ...wrong], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bearerwatch: .*fleet\.log.*$/m);
  });
});
