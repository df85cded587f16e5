import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program, runCli } from './run-cli.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('bearerwatch', () => {
  it('teaches by example with --help and exits with 0', async () => {
    const { code, stdout } = await runCli(['--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration.');
  });

  it('exits with 2 and the nearest command on a typing error, with nothing on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['explan', 'x'], { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Did you mean explain?');
  });

  it('says what to install when the Node that runs it is too old', () => {
    const launcher = join(program, '../launch.mjs');
    const { stdout, status } = spawnSync(process.execPath, [launcher, '--version'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('ends quietly when its reader has seen enough', () => {
    const command = `"${process.execPath}" "${program}" check-config | head -1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8', cwd });
    expect(stdout.trim().split('\n').at(-1)).toBe('0');
    expect(stderr).not.toContain('EPIPE');
  });
});

describe('bearerwatch check-config', () => {
  it('prints what is in force to stdout, secrets masked, and exits with 0', async () => {
    const env = { BEARERWATCH_CLICKHOUSE_PASSWORD: 'hunter2', BEARERWATCH_ALERTS_PER_DAY: '7' };
    const { code, stdout, stderr } = await runCli(['check-config', '--json'], { cwd, env });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ alerts: { perDay: 7 }, clickhouse: { password: '********' } });
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('exits with 2 and every problem with file, line and what would be right', async () => {
    const file = join(cwd, 'wrong.yaml');
    writeFileSync(file, 'alerts:\n  perDay: lots\nserver:\n  prot: 9\n');
    const { code, stdout, stderr } = await runCli(['check-config', file], { cwd });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`${file}:2:11: alerts.perDay is "lots"; give a number, above 0`);
    expect(stderr).toContain(`${file}:4:3: server.prot is no option; did you mean server.port?`);
  });

  it('exits with 2 when the file is not there', async () => {
    const { code, stderr } = await runCli(['check-config', 'nowhere.yaml'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('configuration: cannot read nowhere.yaml: ENOENT');
  });

  it('accepts the example file, which changes nothing', async () => {
    const example = join(import.meta.dirname, '../../config.example.yaml');
    const [given, defaults] = await Promise.all([
      runCli(['check-config', example], { cwd }),
      runCli(['check-config'], { cwd }),
    ]);
    expect(given.stderr).toContain('ok');
    expect(given.stderr).toContain('warning no source is set');
    expect(given.stdout).toBe(defaults.stdout);
  });
});

describe('bearerwatch check-config --connect', () => {
  it('tries every named part, says what is wrong with each and exits with 1', async () => {
    const parts = [
      '--set',
      'alertmanager.urls=http://127.0.0.1:9',
      '--set',
      'clickhouse.url=http://127.0.0.1:9',
    ];
    const { code, stderr } = await runCli(['check-config', '--connect', ...parts], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ok state folder: \.bearerwatch will be made in .*$/m);
    expect(stderr).toMatch(
      /^failed alertmanager: http:\/\/127\.0\.0\.1:9 cannot be reached \(ECONNREFUSED\)$/m,
    );
    expect(stderr).toMatch(/^failed clickhouse: http:\/\/127\.0\.0\.1:9: cannot reach it/m);
  });

  it('tries the source too', async () => {
    const file = join(cwd, 'kafka.yaml');
    writeFileSync(file, 'source: { kafka: { brokers: [127.0.0.1:9], topics: [gateway.*] } }\n');
    const kafka = await runCli(['check-config', '--connect', file], { cwd });
    expect(kafka.code).toBe(1);
    expect(kafka.stderr).toMatch(/^failed kafka: .*127\.0\.0\.1:9.*ECONNREFUSED/m);
    const log = await runCli(['check-config', '--connect', '--set', `source.file.paths=${file},gone.log`], {
      cwd,
    });
    expect(log.code).toBe(0);
    expect(log.stderr).toContain(`ok file: ${file} can be read`);
    expect(log.stderr).toContain('ok file: gone.log is not there yet');
    const once = ['--set', 'source.file.paths=gone.log', '--set', 'source.file.follow=false'];
    const absent = await runCli(['check-config', '--connect', ...once], { cwd });
    expect(absent.code).toBe(1);
    expect(absent.stderr).toMatch(/^failed file: .*gone\.log/m);
  });
});

describe('bearerwatch explain', () => {
  it('says where it looked when there is no such alert', async () => {
    const { code, stderr } = await runCli(['explain', 'abc', '--alerts', '-'], {
      cwd,
      input: '{"id":"x"}\n',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('no alert abc in - (1 lines)');
  });

  it('says how to name the alerts when there is no state folder', async () => {
    const { code, stderr } = await runCli(['explain', 'abc'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/no state folder .*--state DIR.*--alerts FILE/);
  });
});
