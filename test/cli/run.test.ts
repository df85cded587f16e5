import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plainModel } from '../support/engine-for-tests.ts';
import { program, runCli } from './run-cli.ts';

let cwd: string;
let running: ChildProcess[];
beforeEach(() => {
  running = [];
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(plainModel(60)));
  writeFileSync(join(cwd, 'bearerwatch.yaml'), config());
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(cwd, { recursive: true, force: true });
});

function config(more = '', perDay = 10): string {
  return `
engine: { modelFile: model.json }
alerts: { perDay: ${perDay} }
clickhouse: { enabled: false }
stdout: { format: json }
server: { port: 0 }
checkpoint: { everyMs: 100 }
log: { format: json }
${more}`;
}

/** The service on standard input, which stays open like a gateway's log. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [program, 'run', ...args, '-'], { cwd });
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const logged = (text: string) => expect.poll(() => stderr, { timeout: 40_000 }).toContain(text);
  return {
    child,
    logged,
    stdout: () => stdout,
    stderr: () => stderr,
    url: () => /"url":"([^"]+)"/.exec(stderr)?.[1] ?? '',
    write: (...lines: string[]) => child.stdin.write(`${lines.join('\n')}\n`),
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      const ended = once(child, 'close');
      child.kill(signal);
      const [code] = (await ended) as [number | null];
      return code;
    },
  };
}

const line = (n: number, fields: object = {}) =>
  JSON.stringify({
    timestamp: Date.now() - 60_000 + n,
    'event.id': `e${n}`,
    'gateway.type': 'canonical',
    'credential.id': 'key-1',
    'credential.type': 'api_key',
    'credential.source': 'gateway_id',
    'http.request.method': 'GET',
    'url.path': '/orders/1',
    'http.response.status_code': 200,
    'client.address': '198.51.100.7',
    ...fields,
  });
const expired = { 'token.id': 't-1', 'token.expires_at': 1_600_000_000_000 };

describe('bearerwatch run', () => {
  it('alerts at once, saves on SIGTERM, exits with 0 and goes on with what it learnt', async () => {
    const first = start();
    await first.logged('is running');
    first.write(line(1), line(2), 'not a log line', line(3, expired));
    await expect.poll(first.stdout).toContain('expired-accepted');
    const health = await fetch(`${first.url()}/healthz`);
    expect(health.status).toBe(200);
    const metrics = await (await fetch(`${first.url()}/metrics`)).text();
    expect(metrics).toContain('bearerwatch_events_total{format="canonical",outcome="on_time"} 3');
    expect(metrics).toContain('bearerwatch_decode_failures_total{reason="unknown-format"} 1');
    expect(await first.stop()).toBe(0);
    expect(first.stderr()).toContain('everything delivered and saved');

    const second = start();
    await second.logged('took up what was learnt before');
    expect(second.stderr()).toContain('"credentials":1');
    expect(await second.stop('SIGINT')).toBe(0);
  });

  it('keeps its state folder to its owner', async () => {
    const service = start();
    await service.logged('is running');
    const dir = join(cwd, '.bearerwatch');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'hash.key')).mode & 0o777).toBe(0o600);
    await service.stop();
  });

  it('refuses a second process on the same state folder, and names the first', async () => {
    const first = start();
    await first.logged('is running');
    const second = await runCli(['run', '-'], { cwd });
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`is in use by process ${first.child.pid}`);
    await first.stop();
  });

  it("tells a running service's alert through explain", async () => {
    const port = 20_000 + (process.pid % 20_000);
    writeFileSync(join(cwd, 'bearerwatch.yaml'), config().replace('port: 0', `port: ${port}`));
    const service = start();
    await service.logged('is running');
    service.write(line(1, expired));
    await expect.poll(service.stdout).toContain('\n');
    const { id } = JSON.parse(service.stdout().split('\n')[0]!);
    const { code, stdout } = await runCli(['explain', id.slice(0, 8)], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain('expired');
    await service.stop();
  });

  it('goes on when nobody reads its output any more', async () => {
    const service = start();
    await service.logged('is running');
    const url = service.url();
    service.child.stdout?.destroy();
    service.child.stderr?.destroy();
    service.write(line(1, expired));
    service.child.kill('SIGHUP');
    await expect
      .poll(async () => ((await (await fetch(`${url}/healthz`)).json()) as { reasons: string[] }).reasons, {
        timeout: 40_000,
      })
      .toEqual([expect.stringContaining('standard output: cannot write (EPIPE)')]);
    expect(await service.stop()).toBe(0);
  });

  it('takes over what can change on SIGHUP, and names what needs a restart', async () => {
    const service = start();
    await service.logged('is running');
    writeFileSync(join(cwd, 'bearerwatch.yaml'), config('shutdown: { deadlineMs: 1000 }', 3));
    service.child.kill('SIGHUP');
    await service.logged('"applied":["alerts.perDay"]');
    await service.logged('"options":["shutdown.deadlineMs"]');
    expect(await service.stop()).toBe(0);
  });

  it('outlives a SIGHUP while it waits for its database', async () => {
    const away = 'clickhouse: { url: "http://127.0.0.1:1" }';
    writeFileSync(join(cwd, 'bearerwatch.yaml'), config().replace('clickhouse: { enabled: false }', away));
    const service = start();
    await service.logged('trying again until it answers');
    service.child.kill('SIGHUP');
    await service.logged('configuration read again');
    expect(await service.stop()).toBe(0);
  });

  it('checks mappings on SIGHUP, and says that a changed one needs a restart', async () => {
    const mapping = (place: string) => `version: 1\nname: home\nfields:\n  timestamp: ${place}\n`;
    writeFileSync(join(cwd, 'home.yaml'), mapping('ts'));
    writeFileSync(join(cwd, 'bearerwatch.yaml'), config('decode: { mappings: [home.yaml] }'));
    const service = start();
    await service.logged('is running');
    writeFileSync(join(cwd, 'home.yaml'), `${mapping('ts')}  url.pat: p\n`);
    service.child.kill('SIGHUP');
    await service.logged('home.yaml:5:3: fields.url.pat is no option; did you mean fields.url.path?');
    writeFileSync(join(cwd, 'home.yaml'), mapping('time'));
    service.child.kill('SIGHUP');
    await service.logged('"options":["decode.mappings"]');
    expect(await service.stop()).toBe(0);
  });

  it('keeps the old configuration when the new one is wrong', async () => {
    const service = start();
    await service.logged('is running');
    writeFileSync(join(cwd, 'bearerwatch.yaml'), 'alerts: { perday: 3 }\n');
    service.child.kill('SIGHUP');
    await service.logged('the old one stays in force');
    await service.logged('did you mean alerts.perDay?');
    service.write(line(1, expired));
    await expect.poll(service.stdout).toContain('expired-accepted');
    expect(await service.stop()).toBe(0);
  });

  it('ends with one clear line when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await runCli(['run', '-', '--set', `server.port=${port}`], { cwd });
    taken.close();
    expect(code).toBe(1);
    expect(stderr.trim().split('\n').at(-1)).toBe(
      `bearerwatch: server: port ${port} on 127.0.0.1 is taken; choose another server.port or stop the program that has it`,
    );
  });

  it('ends with one clear line when the state folder cannot be written', async () => {
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr } = await runCli(['run', '-', '--state', 'file/state'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toMatch(/bearerwatch: state folder .* cannot be used \(ENOTDIR\); make it writable.*\n$/);
  });

  it('says what to do with a checkpoint it cannot read, and starts over with --fresh', async () => {
    const first = start();
    await first.logged('is running');
    first.write(line(1));
    await first.stop();
    const data = join(cwd, '.bearerwatch', 'checkpoint', 'data.mdb');
    chmodSync(data, 0o600);
    writeFileSync(data, Buffer.alloc(readFileSync(data).length, 0x5a));
    const broken = await runCli(['run', '-'], { cwd });
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/checkpoint .* cannot be read .*--fresh/);
    const fresh = await runCli(['run', '-', '--fresh'], { cwd });
    expect(fresh.code).toBe(0);
    expect(fresh.stderr).toContain('nothing learnt yet');
  });

  it('loses nothing that was judged before kill -9 and a checkpoint', async () => {
    const first = start();
    await first.logged('is running');
    first.write(line(1), line(2, { 'credential.id': 'key-2' }));
    await expect
      .poll(() => (readdirSync(join(cwd, '.bearerwatch', 'checkpoint')).includes('data.mdb') ? 1 : 0))
      .toBe(1);
    await expect
      .poll(async () => await (await fetch(`${first.url()}/metrics`)).text(), { timeout: 40_000 })
      .toMatch(/bearerwatch_checkpoint_entries [1-9]/);
    await first.stop('SIGKILL');
    const second = start();
    await second.logged('"credentials":2');
    await second.stop();
  });

  it('exits with 2 when no source is named', async () => {
    const { code, stderr } = await runCli(['run'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('no source');
  });
});
