import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const example = join(import.meta.dirname, '../../mappings/example.yaml');
const key = 'Zq7Rv2Lm9Xw4Tn6Bc1Hd8';

const line = (n: number, fields: object = {}) =>
  JSON.stringify({
    app: 'orders-edge',
    ts: 1767607200.25 + n,
    request: {
      line: `GET /v2/orders/${1000 + n}?limit=20 HTTP/1.1`,
      host: 'api.example.com',
      bytes: 0,
      headers: {
        'user-agent': ['acme-sdk/1.4'],
        'x-forwarded-for': ['203.0.113.9'],
        authorization: [`Bearer ${key}${n % 2}`],
      },
    },
    response: { status: '200', bytes: 358, seconds: 0.25 },
    peer: [{ ip: '10.0.0.7' }],
    key: { id: `ak_${n % 3}`, label: 'billing' },
    id: `r-${n}`,
    ...fields,
  });
const log = `${Array.from({ length: 30 }, (_, n) => line(n)).join('\n')}\n`;

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-mappings-'));
  mkdirSync(join(cwd, 'etc', 'mappings'), { recursive: true });
  writeFileSync(join(cwd, 'etc', 'mappings', 'example.yaml'), readFileSync(example));
  writeFileSync(join(cwd, 'etc', 'bearerwatch.yaml'), 'decode:\n  mappings: [mappings]\n');
  writeFileSync(join(cwd, 'home.log'), log);
  writeFileSync(
    join(cwd, 'wrong.yaml'),
    'version: 1\nname: home\nfields:\n  timestamp: ts\n  url.pat: path\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);

describe('--mapping', () => {
  it('decode: the example mapping reads its line whole, and the bearer token is nowhere', async () => {
    const { code, stdout, stderr } = await runCli(['decode', '--mapping', example], { cwd, input: log });
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('30 events, 0 refused'),
    });
    expect(events(stdout)[1]).toMatchObject({
      timestamp: 1767607201250,
      'event.id': 'r-1',
      'gateway.type': 'example',
      'deployment.environment.name': 'production',
      'credential.id': 'ak_1',
      'credential.name': 'billing',
      'credential.source': 'mapping',
      'token.id': expect.stringMatching(/^[0-9a-f]{32}$/),
      'http.request.method': 'GET',
      'server.address': 'api.example.com',
      'url.path': '/v2/orders/1001',
      'http.response.status_code': 200,
      'http.response.size': 358,
      duration_ms: 250,
      'user_agent.original': 'acme-sdk/1.4',
      'network.peer.address': '10.0.0.7',
    });
    expect(stdout + stderr).not.toContain(key);
  });

  it('decode: refused lines show neither the key nor the token', async () => {
    const input = `${line(1, { ts: 'soon' })}\n${line(2, { app: 'other', ts: undefined })}\n`;
    const letters = join(cwd, 'letters.jsonl');
    const args = ['decode', '--mapping', example, '--dead-letter', letters];
    const { stdout, stderr } = await runCli(args, { cwd, input });
    const written = readFileSync(letters, 'utf8');
    expect(written).toContain('what stands at ts cannot be read as epoch-s');
    expect(written).toContain('no mapping (example) and no format fits');
    expect(stdout + stderr + written).not.toContain(key);
  });

  it('connect: reports by the mapping, names places that are never found, and writes it into the configuration', async () => {
    const own = join(cwd, 'own.yaml');
    writeFileSync(
      own,
      readFileSync(example, 'utf8').replace('path: response.seconds', 'path: response.secs'),
    );
    const written = join(cwd, 'written.yaml');
    const args = ['connect', '--mapping', 'own.yaml', '--write', written, 'home.log'];
    const { code, stdout, stderr } = await runCli(args, { cwd });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toContain('example (Orders edge): 30 of 30 records, by app, request');
    expect(stdout).toContain('100 %: api_key, named by your mapping');
    expect(stdout).toContain(
      'the mapping example names places for duration_ms, where no line had anything that fits',
    );
    expect(stdout + stderr).not.toContain(key);
    const config = readFileSync(written, 'utf8');
    expect(config).toContain(own);
    // The lines its advice brings have another shape: nothing pins what was found.
    expect(config).not.toContain('format:');
    const checked = await runCli(['check-config', written], { cwd });
    expect(checked).toMatchObject({ code: 0 });
  });

  it('replay: events of a mapping are judged like any other', async () => {
    const { code, stdout, stderr } = await runCli(['replay', 'home.log', '--json', '--mapping', example], {
      cwd,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ events: 30, formats: { example: 30 }, credentials: 3 });
  });

  it('--format takes the name of a mapping', async () => {
    const args = ['decode', '--mapping', example, '--format', 'example'];
    const { stdout } = await runCli(args, { cwd, input: `${line(1, { app: 'other' })}\n` });
    expect(events(stdout)).toHaveLength(1);
    const wrong = await runCli(['decode', '--mapping', example, '--format', 'exampl'], { cwd, input: log });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('known formats are auto, example, '),
    });
  });
});

describe('decode.mappings', () => {
  it('is a path beside the configuration file, wherever the program starts', async () => {
    const { code, stdout } = await runCli(['decode', '--config', 'etc/bearerwatch.yaml', 'home.log'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(events(stdout)).toHaveLength(30);
    const set = await runCli(['decode', '--set', `decode.mappings=etc/mappings`, 'home.log'], { cwd });
    expect(events(set.stdout)).toHaveLength(30);
  });

  it('check-config: what is wrong in a mapping is told with file, line and the nearest right name', async () => {
    const { code, stderr } = await runCli(['check-config', '--set', 'decode.mappings=wrong.yaml,none.yaml'], {
      cwd,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('wrong.yaml:5:3: fields.url.pat is no option; did you mean fields.url.path?');
    expect(stderr).toContain('none.yaml: mapping cannot be read: ENOENT');
  });

  it('check-config: a format that is neither built in nor a mapping', async () => {
    const args = ['check-config', '--config', 'etc/bearerwatch.yaml', '--set', 'decode.format=exmple'];
    const { code, stderr } = await runCli(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('decode.format is no format; did you mean example?');
  });
});
