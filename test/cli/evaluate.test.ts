import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalLine } from '../../src/simulation/lines/index.ts';
import { createWorld } from '../../src/simulation/world.ts';
import { plainModel } from '../support/engine-for-tests.ts';
import { runCli } from './run-cli.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-evaluate-'));
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(plainModel()));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('evaluate on simulated worlds', () => {
  it('prints one report as JSON and writes the page and the document', async () => {
    const { code, stdout, stderr } = await runCli(
      [
        'evaluate',
        ...[
          '--model',
          'model.json',
          '--styles',
          'tuning',
          '--fleet',
          '40',
          '--seeds',
          '9001,9002',
          '--no-budget',
        ],
        ...['--json', '--html', 'report.html', '--markdown', 'report.md', '--date', '2026-01-01'],
      ],
      { cwd },
    );
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ date: '2026-01-01', groups: [{ name: 'tuning', seeds: [9001, 9002] }] });
    const ids: string[] = report.groups[0].methods.map(({ id }: { id: string }) => id);
    expect(ids.includes('generic-positives')).toBe(!stderr.includes('no row for generic positives only'));
    expect(ids.filter((id) => id !== 'generic-positives')).toEqual([
      'bearerwatch',
      'z2-14',
      'z2-all',
      'z2-residuals',
      'random-cut-forest',
      'first-seen',
      'static-limits',
    ]);
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toContain('</html>');
    expect(readFileSync(join(cwd, 'report.md'), 'utf8')).toContain('## Worlds: tuning');
  }, 120_000);

  it.each([
    [['--styles', 'nowhere'], 'known are tuning'],
    [['--seeds', 'x'], '--seeds x'],
    [['--quick', '--full'], 'choose --quick or --full'],
    [['--events', 'a.log'], '--events and --labels belong together'],
  ])(
    'refuses %j with one clear line',
    async (args, message) => {
      const { code, stderr } = await runCli(['evaluate', ...args], { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain(message);
    },
    30_000,
  );
});

describe('evaluate on labelled files', () => {
  it('reads log lines through the real decoders and finds the labelled attack', async () => {
    const world = createWorld({
      seed: 5,
      style: 'tuning',
      days: 10,
      warmupDays: 4,
      attacks: 'all',
      overrides: { fleet: 90, eventsPerCredentialDay: 40 },
    });
    const lines: string[] = [];
    for (const { event } of world.calls()) lines.push(canonicalLine(event));
    writeFileSync(join(cwd, 'events.jsonl'), `${lines.join('\n')}\n`);
    const rows = world.episodes
      .filter(({ chaff }) => !chaff)
      .map(
        ({ credentialId, startMs, endMs, scenario }) =>
          `${credentialId},${startMs},${endMs},attack,${scenario}`,
      );
    expect(rows.length).toBeGreaterThan(0);
    const unused = 'nobody,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,attack,';
    const table = ['credential,start,end,label,scenario', ...rows, unused];
    writeFileSync(join(cwd, 'labels.csv'), `${table.join('\n')}\n`);
    const { code, stdout, stderr } = await runCli(
      [
        'evaluate',
        '--events',
        'events.jsonl',
        '--labels',
        'labels.csv',
        '--json',
        '--set',
        'engine.modelFile=model.json',
      ],
      { cwd },
    );
    expect(code, stderr).toBe(0);
    const report = JSON.parse(stdout);
    expect(report.attacks).toBe(rows.length + 1);
    expect(stderr).toContain(`1 of ${rows.length + 1} labelled attacks`);
    expect(stderr).toContain('count as missed: nobody;');
    expect(report.cleanDays).toBeGreaterThan(100);
    expect(report.scenarios).toContainEqual({ scenario: 'object-guessing', attacks: 1, recall: [1, 1, 1] });
  }, 120_000);

  it.each([
    'event.id,label\nnobody,attack\n',
    'credential,start,end,label\nnobody,2026-01-05T00:00:00Z,2026-01-06T00:00:00Z,attack\n',
  ])(
    'says so when no label fits: %j',
    async (labels) => {
      writeFileSync(join(cwd, 'other.csv'), labels);
      const { code, stderr } = await runCli(
        [
          'evaluate',
          '--events',
          'events.jsonl',
          '--labels',
          'other.csv',
          '--set',
          'engine.modelFile=model.json',
        ],
        { cwd },
      );
      expect(code).toBe(2);
      expect(stderr).toContain('no label of an attack fits');
    },
    120_000,
  );
});
