import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alert as alertSchema } from '../../schemas/alert.ts';
import { scoreLine } from '../../schemas/score-line.ts';
import { envoyLine } from '../decode/decoding.ts';
import { otlpBytes } from '../decode/otlp-writer.ts';
import { sized } from '../sources/sized.ts';
import { plainModel } from '../support/engine-for-tests.ts';
import { runCli } from './run-cli.ts';

let cwd: string;
const startMs = Date.UTC(2026, 0, 5);

function line(n: number, fields: object = {}): string {
  return JSON.stringify({
    timestamp: startMs + n * 60_000,
    'event.id': `e${n}`,
    'gateway.type': 'canonical',
    'credential.id': 'key-1',
    'credential.type': 'api_key',
    'credential.source': 'gateway_id',
    'http.request.method': 'GET',
    'url.path': `/orders/${1000 + (n % 20)}`,
    'http.response.status_code': 200,
    'client.address': '198.51.100.7',
    ...fields,
  });
}

/** Three quiet days, then expired tokens that are accepted. */
function history(): string {
  const lines: string[] = [];
  for (let n = 0; n < 3 * 24 * 60; n++) lines.push(line(n));
  for (let n = 3 * 24 * 60; n < 3 * 24 * 60 + 5; n++) {
    lines.push(line(n, { 'token.id': 't-1', 'token.expires_at': startMs }));
  }
  return `${lines.join('\n')}\n`;
}

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
  writeFileSync(join(cwd, 'history.jsonl.gz'), gzipSync(history()));
  writeFileSync(join(cwd, 'model.json'), JSON.stringify(plainModel(60)));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('bearerwatch decode', () => {
  const batches = [1, 2].map((n) =>
    otlpBytes(
      [
        { timeMs: startMs, attributes: { ...envoyLine, request_id: `r-${n}a` } },
        { timeMs: startMs, body: line(n) },
      ],
      { 'service.name': 'edge' },
    ),
  );
  const whole = Buffer.concat(batches);

  it.each([
    ['requests as they were sent', whole],
    ['requests, gzip', gzipSync(whole)],
    ['with their sizes, as the file exporter writes them', sized(...batches)],
    ['with their sizes, gzip', gzipSync(sized(...batches))],
    ['each compressed, with its size', sized(...batches.map((batch) => zstdCompressSync(batch)))],
  ])('reads files of OTLP in protobuf: %s', async (_name, content) => {
    writeFileSync(join(cwd, 'otlp.bin'), content);
    const { code, stdout, stderr } = await runCli(['decode', '--explain', 'otlp.bin'], { cwd });
    expect(stderr).toContain('2 records: 4 events, 0 refused, 0 of no interest');
    expect(code).toBe(0);
    expect(stdout.match(/otlp\.bin:\d {2}(envoy|canonical)/g)).toEqual([
      'otlp.bin:1  envoy',
      'otlp.bin:1  canonical',
      'otlp.bin:2  envoy',
      'otlp.bin:2  canonical',
    ]);
  });

  it('says what is wrong with a file of OTLP that was cut short', async () => {
    writeFileSync(join(cwd, 'cut.bin'), sized(...batches).subarray(0, -5));
    const { code, stderr } = await runCli(['decode', 'cut.bin'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^cut\.bin:2: envelope-invalid: .*OTLP protobuf that is broken or cut short/m);
    expect(stderr).toContain('2 records: 2 events, 1 refused');
  });

  it('gives canonical events on stdout and refused records with position and reason on stderr', async () => {
    const input = `${line(1)}\nnot a log line \u0007\n${line(2)}\n`;
    const { code, stdout, stderr } = await runCli(['decode'], { cwd, input });
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(events.map((event) => event['credential.id'])).toEqual(['key-1', 'key-1']);
    expect(stderr).toMatch(/^stdin:2: unknown-format: /m);
    expect(stderr).toContain('3 records: 2 events, 1 refused');
    expect(stderr).not.toContain('\u0007');
  });

  it('writes refused records to --dead-letter and explains the others with --explain', async () => {
    const args = ['decode', '-', '--explain', '--dead-letter', 'dead.jsonl'];
    const { stdout } = await runCli(args, { cwd, input: `${line(1)}\n{"a":1}\n` });
    expect(stdout).toMatch(/^stdin:1 {2}canonical {2}api_key key-1 \(gateway_id\).*\n$/);
    const letter = JSON.parse(readFileSync(join(cwd, 'dead.jsonl'), 'utf8'));
    expect(letter).toMatchObject({ reason: 'unknown-format', at: { kind: 'stdin', line: 2 } });
  });

  it('exits with 2 on a format it does not know and on a file that is not there', async () => {
    const format = await runCli(['decode', '--format', 'kongg'], { cwd });
    expect(format).toMatchObject({ code: 2, stdout: '' });
    expect(format.stderr).toContain('known formats are auto, ');
    expect(await runCli(['decode', 'nowhere.log'], { cwd })).toMatchObject({ code: 2, stdout: '' });
  });

  it('leaves nothing behind in the working directory', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'bearerwatch-'));
    await runCli(['decode'], { cwd: empty, input: line(1) });
    expect(readdirSync(empty)).toEqual([]);
    rmSync(empty, { recursive: true });
  });
});

describe('bearerwatch replay', () => {
  const args = ['replay', 'history.jsonl.gz', '--set', 'engine.modelFile=model.json'];

  it('finds in history what the service would have found, and tells it the same way each time', async () => {
    const runs = await Promise.all(
      ['a', 'b'].map((name) =>
        runCli([...args, '--alerts', `${name}.alerts`, '--scores', `${name}.scores`, '--json'], { cwd }),
      ),
    );
    expect(runs.map(({ code }) => code)).toEqual([0, 0]);
    const summary = JSON.parse(runs[0]!.stdout);
    expect(summary).toMatchObject({ records: 4325, events: 4325, credentials: 1, refused: {} });
    const [alerts, again] = ['a', 'b'].map((name) => readFileSync(join(cwd, `${name}.alerts`), 'utf8'));
    expect(alerts).toBe(again);
    const parsed = alerts!
      .trim()
      .split('\n')
      .map((text) => alertSchema.parse(JSON.parse(text)));
    expect(parsed.map(({ detectors }) => detectors)).toEqual([['expired-accepted']]);
    expect(parsed[0]!.examples[0]!.at).toMatchObject({ kind: 'file', path: 'history.jsonl.gz' });
    const scores = readFileSync(join(cwd, 'a.scores'), 'utf8').trim().split('\n');
    const hours = scores.map((text) => scoreLine.parse(JSON.parse(text)));
    expect(hours).toHaveLength(73);
    expect(hours.reduce((sum, { events }) => sum + events, 0)).toBe(4325);

    const id = parsed[0]!.id;
    const explained = await runCli(['explain', id.slice(0, 8), '--alerts', 'a.alerts'], { cwd });
    expect(explained.stdout).toContain('expired');
    expect(explained.code).toBe(0);
  });

  it('tells alerts as JSON lines on stdout when no file is named', async () => {
    const { stdout, stderr } = await runCli(args, { cwd });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((text) => JSON.parse(text).family),
    ).toEqual(['lifecycle']);
    expect(stderr).toContain('1 alerts: 1 lifecycle');
    expect(stderr).not.toContain('\u001b[K');
  });
});

describe('an output that is one of the logs', () => {
  it.each([
    ['replay', '--alerts'],
    ['replay', '--scores'],
    ['decode', '--dead-letter'],
  ])(
    '%s %s is refused before anything of the log is lost, under another name too',
    async (command, option) => {
      const log = join(cwd, 'mine.jsonl');
      writeFileSync(log, `${line(0)}\n`);
      rmSync(join(cwd, 'linked.jsonl'), { force: true });
      symlinkSync(log, join(cwd, 'linked.jsonl'));
      const { code, stderr } = await runCli([command, 'mine.jsonl', option, 'linked.jsonl'], { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain(`${option} linked.jsonl: it would replace the log that is read`);
      expect(readFileSync(log, 'utf8')).toBe(`${line(0)}\n`);
    },
  );
});
