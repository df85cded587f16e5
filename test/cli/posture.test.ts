import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 0, 5);

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  const days = Array.from({ length: 100 }, (_, n) => n);
  const lines = [
    ...days.map((day) => line(day, { 'credential.id': 'partner-7', 'credential.source': 'hashed_header' })),
    ...days
      .slice(0, 20)
      .map((day) => line(day, { 'credential.id': 'old-job', 'credential.name': 'job\u001b[2J' })),
    line(99, { 'credential.id': 'web-form', 'url.secret_keys': ['api_key'] }),
    line(99, { 'credential.id': 'guess', 'http.response.status_code': 401 }),
    'no log line at all',
  ];
  writeFileSync(join(cwd, 'history.jsonl.gz'), gzipSync(`${lines.join('\n')}\n`));
  writeFileSync(
    join(cwd, 'bearerwatch.yaml'),
    'lists: { inventory: [{ credential: partner-*, owner: team-partners }] }\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function line(day: number, fields: object): string {
  return JSON.stringify({
    timestamp: startMs + day * dayMs,
    'event.id': `${day}-${JSON.stringify(fields).length}`,
    'gateway.type': 'canonical',
    'credential.type': 'api_key',
    'credential.source': 'gateway_id',
    'http.request.method': 'GET',
    'url.path': '/orders/1000',
    'http.response.status_code': 200,
    'client.address': '198.51.100.7',
    ...fields,
  });
}

describe('bearerwatch posture', () => {
  it('tells people what is wrong with which credential, whose it is and what to do', async () => {
    const { code, stdout, stderr } = await runCli(['posture', 'history.jsonl.gz'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('3 credentials, 121 uses from 2026-01-05T00:00:00.000Z');
    expect(stdout).toContain("1 refused calls (401, 403) count as nobody's use");
    expect(stdout).toMatch(
      /^ +high +secrets-in-urls +web-form .* 1 of 1 calls, in api_key +secrets in headers only$/m,
    );
    expect(stdout).toMatch(
      /^ +medium +over-age +partner-7 +api_key +team-partners +the same secret for at least 99 days/m,
    );
    expect(stdout).toMatch(/^ +medium +dormant +job\[2J old-job .* no use for 80 days/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('  do: Send it in a header');
    expect(stdout).toMatch(/^ +blind here: expired-accepted, needs token\.expires_at$/m);
    expect(stderr).toContain('1 refused; see them with bearerwatch decode');
  });

  it('gives machines all of it, with the limits that were asked', async () => {
    const args = [
      'posture',
      'history.jsonl.gz',
      '--json',
      '--max-age-days',
      '120',
      '--credential',
      'partner-7',
    ];
    const { code, stdout } = await runCli(args, { cwd });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      credentials: 1,
      spanDays: 99,
      options: { maxAgeDays: 120 },
      findings: [],
    });
    const overAge = report.checks.find(({ id }: { id: string }) => id === 'over-age');
    expect(overAge).toMatchObject({ judged: 0, untold: [{ credentials: 1 }] });
    expect(report.owasp).toHaveLength(10);
  });

  it('names every wrong option with what would be right, and exits with 2', async () => {
    const args = ['posture', 'history.jsonl.gz', '--max-age-days', 'soon', '--workloads', '1'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('--max-age-days soon: must be a number, e.g. 90');
    expect(stderr).toContain('--workloads 1: must be 2 or more, e.g. 5');
  });

  it('teaches by example with --help', async () => {
    const { code, stdout } = await runCli(['posture', '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('bearerwatch posture access.log.*.gz access.log');
    expect(stdout).toMatch(/--dormant-days <number>.*\(default: "30"\)/s);
  });
});
