import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.ts';
import type { ConnectReport } from '../../src/connect/report.ts';
import { formats } from '../../src/decode/formats/index.ts';
import { linesOf as homeMadeLines, rawKeys } from '../connect/home-made-lines.ts';
import { runCli } from './run-cli.ts';

const data = process.env['BEARERWATCH_DATA'] ?? '../shared/data';
const samples = join(process.cwd(), data, 'gateway-lines');
const hasSamples = existsSync(samples);
if (!hasSamples) console.log(`connect on real lines is not tested: ${samples} is missing (BEARERWATCH_DATA)`);

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'bearerwatch-connect-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function report(args: readonly string[], input = ''): Promise<ConnectReport> {
  const { code, stdout, stderr } = await runCli(['connect', '--json', ...args], { cwd, input });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return JSON.parse(stdout) as ConnectReport;
}

const combined = (n: number, address: string) =>
  `${address} - - [05/Jan/2026:10:00:${String(n % 60).padStart(2, '0')} +0000] "GET /orders/${n} HTTP/1.1" 200 512 "-" "curl/8"`;

const secret = 'Zq7Rv2Lm9Xw4Tn6Bc1Hd8';
const kong = (n: number) =>
  JSON.stringify({
    request: {
      id: `r-${n}`,
      uri: `/v1/orders/${n}?apikey=${secret}`,
      method: 'GET',
      headers: { host: 'api', 'user-agent': 'curl', apikey: `${secret}${n % 3}` },
    },
    response: { status: 200, size: 512 },
    latencies: { request: 10, proxy: 9, kong: 1 },
    client_ip: `198.51.100.${n}`,
    started_at: 1767607200250 + n * 1000,
  });

const linesOf = (count: number, line: (n: number) => string) =>
  `${Array.from({ length: count }, (_, n) => line(n)).join('\n')}\n`;

describe('bearerwatch connect', () => {
  it('a combined log: no credential, one private client is a load balancer, the log format that mends it', async () => {
    const {
      formats: found,
      credentials,
      missing,
      warnings,
      snippet,
      detectors,
    } = await report(
      [],
      linesOf(40, (n) => combined(n, '10.0.0.7')),
    );
    expect(found[0]).toMatchObject({ id: 'nginx-combined', lines: 40 });
    expect(credentials.kinds).toEqual([{ type: 'anonymous', source: 'network', events: 40 }]);
    expect(missing).toContain('credential.id');
    expect(warnings.join('\n')).toMatch(/name no credential[\s\S]*10\.0\.0\.7 \(a private one\)/);
    expect(snippet?.text).toContain('log_format bearerwatch');
    expect(detectors.find(({ id }) => id === 'token-reuse')).toMatchObject({ blind: true, share: 0 });
  });

  it('raw keys in headers and URLs: warned about, named by place, and never printed', async () => {
    const { code, stdout, stderr } = await runCli(['connect'], { cwd, input: linesOf(30, kong) });
    expect(code).toBe(0);
    expect(stdout).toContain('30 lines hold the raw secret in an API key header');
    expect(stdout).toContain('30 requests carry a secret in the URL (?apikey=…)');
    expect(stdout).toContain('keyed hash of the secret in a header');
    expect(stdout + stderr).not.toContain(secret);
  });

  it('names the keys by which a format was told', async () => {
    const { formats: found } = await report([], kong(1));
    expect(found[0]?.keys).toEqual(expect.arrayContaining(['request']));
  });

  it('a field that differs in every event is no credential', async () => {
    const line = (n: number) =>
      JSON.stringify({
        timestamp: 1767607200000 + n * 1000,
        'gateway.type': 'canonical',
        'credential.id': `request-${n}`,
        'client.address': `198.51.100.${n}`,
        'url.path': '/a',
        'http.response.status_code': 200,
      });
    const { warnings } = await report([], linesOf(50, line));
    expect(warnings.join('\n')).toContain('50 credentials in 50 events');
  });

  it('JSON of an unknown kind: none decoded, and the keys it saw', async () => {
    const { formats: found, decodedShare, refused } = await report([], '{"hello":1,"colour":"red"}\n');
    expect(found).toEqual([]);
    expect(decodedShare).toBe(0);
    expect(refused[0]).toMatchObject({ reason: 'unknown-format', count: 1 });
    expect(refused[0]?.example).toContain('hello, colour');
  });

  it('home-made JSON: a mapping is proposed, and what --write writes reads the sample without a change', async () => {
    const log = join(cwd, 'Home Made.log');
    const lines = homeMadeLines('nested, RFC 3339, the query apart, the key among headers', 40);
    writeFileSync(log, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    const file = join(cwd, 'home.yaml');
    const { code, stdout, stderr } = await runCli(['connect', log, '--write', file], { cwd });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('home.mapping.yaml') });
    expect(stdout).toContain('home-made (JSON of our own): 40 of 40 records');
    expect(stdout).toContain('Proposed mapping home-made: 11 places, 2 on weak grounds');
    expect(stdout).toContain('credential <- req.headers.x_api_key (api_key, secret): named so');
    expect(stdout).toContain('WEAK: its name may mean something else');
    // The mapping lies beside the configuration and is named as it lies there.
    expect(parse(readFileSync(file, 'utf8'))).toMatchObject({ decode: { mappings: ['home.mapping.yaml'] } });
    const mapping = readFileSync(join(cwd, 'home.mapping.yaml'), 'utf8');
    for (const key of rawKeys) expect(stdout + stderr + mapping).not.toContain(key);
    const elsewhere = mkdtempSync(join(tmpdir(), 'bearerwatch-elsewhere-'));
    const decoded = await runCli(['decode', '--config', file, log], { cwd: elsewhere });
    rmSync(elsewhere, { recursive: true, force: true });
    expect(decoded.stderr).toContain('40 records: 40 events, 0 refused');
    const again = await runCli(['connect', log, '--write', file], { cwd });
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('not there yet') });
  });

  it('home-made JSON in which no event can be found: what is missing is said, and that nothing reads it', async () => {
    const input = linesOf(20, (n) => JSON.stringify({ level: 'info', msg: `cache warm ${n}` }));
    const file = join(cwd, 'nothing.yaml');
    const { code, stdout, stderr } = await runCli(['connect', '--write', file], { cwd, input });
    expect(code).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect(stdout).toContain('No mapping can be proposed');
    expect(stdout).toContain('no time: nothing looks like one');
    expect(stderr).toContain('no format and no mapping reads this log yet');
  });

  it('a log that a format reads gets no proposal', async () => {
    const { proposal } = await report([], linesOf(30, kong));
    expect(proposal).toBeNull();
  });

  it('--write gives a configuration that the service takes, and keeps a file that is there', async () => {
    const file = join(cwd, 'written.yaml');
    const input = linesOf(5, (n) => combined(n, '198.51.100.7'));
    expect((await runCli(['connect', '--write', file], { cwd, input })).code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect(configSchema.safeParse(parse(text)).success).toBe(true);
    // The advice is another log format: a pinned one would refuse its lines.
    expect(parse(text)).toEqual({ source: { http: { enabled: true } } });
    const pinned = join(cwd, 'pinned.yaml');
    await runCli(['connect', '--format', 'nginx-combined', '--write', pinned], { cwd, input });
    expect(parse(readFileSync(pinned, 'utf8'))).toMatchObject({ decode: { format: 'nginx-combined' } });
    const again = await runCli(['connect', '--write', file], { cwd, input });
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('not there yet');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('--write reads a compressed file once: it does not grow', async () => {
    const log = join(cwd, 'old.log');
    writeFileSync(log, gzipSync(linesOf(5, (n) => combined(n, '198.51.100.7'))));
    const file = join(cwd, 'compressed.yaml');
    expect((await runCli(['connect', log, '--write', file], { cwd })).code).toBe(0);
    expect(parse(readFileSync(file, 'utf8'))).toEqual({ source: { file: { paths: [log], follow: false } } });
  });

  const named = (n: number, fields: object = {}) =>
    JSON.stringify({
      timestamp: 1767607200000 + n * 1000,
      'gateway.type': 'canonical',
      'credential.id': `key-${n % 3}`,
      'client.address': `198.51.100.${n}`,
      'url.path': '/a',
      'http.response.status_code': 200,
      ...fields,
    });

  it.each([
    [
      'a load balancer in spite of a health check',
      (n: number) => named(n, { 'client.address': n === 7 ? '10.0.0.9' : '10.0.0.7' }),
      'nearly all clients come from 10.0.0.7 (a private one)',
    ],
    [
      'a clock ahead of ours',
      (n: number) => named(n, { timestamp: Date.now() + 7_200_000 + n }),
      "ahead of this machine's clock",
    ],
    [
      'one time for all',
      (n: number) => named(n, { timestamp: 1767607200000 }),
      'every event has the same time',
    ],
    [
      'times that cannot be used',
      (n: number) => named(n, { timestamp: n === 3 ? 'yesterday' : 1767607200000 + n }),
      '1 records have a time that cannot be used',
    ],
    [
      'one credential',
      (n: number) => named(n, { 'credential.id': 'key-1' }),
      'every event has the same credential',
    ],
    ['no address', (n: number) => named(n, { 'client.address': undefined }), 'no event has a client address'],
  ])('warns: %s', async (_name, line, words) => {
    const { warnings } = await report([], linesOf(40, line));
    expect(warnings.join('\n')).toContain(words);
  });

  it('warns of nothing where there is nothing', async () => {
    expect(
      (
        await report(
          [],
          linesOf(40, (n) => named(n)),
        )
      ).warnings,
    ).toEqual([]);
  });

  it('tells what the log lacks from what these records did not show', async () => {
    const { stdout } = await runCli(['connect'], { cwd, input: linesOf(40, (n) => named(n)) });
    expect(stdout).toContain(
      'nothing to see here: object-breadth, foreign-objects; most paths of these records have no id',
    );
    expect(stdout).toContain('blind: token-reuse, needs proof.id or token.id');
    expect(/Missing\n(.*)\n/.exec(stdout)?.[1]).not.toContain('object.id');
  });

  it('an empty input says what to do', async () => {
    const { code, stderr } = await runCli(['connect'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('no record to look at');
  });

  it('a folder is said to be one', async () => {
    const { code, stderr } = await runCli(['connect', '.'], { cwd });
    expect(code).toBe(1);
    expect(stderr).toContain('it is a folder; name the files in it');
  });

  it('nobody is sent to write a mapping for text, which none reads', async () => {
    const columns = (n: number) => `2026-01-05T10:00:${10 + n}Z\tGET\t/orders/${n}\t200`;
    const { stdout } = await runCli(['connect'], { cwd, input: linesOf(30, columns) });
    expect(stdout).toContain('text of your own making is not read: log it as JSON');
  });

  it('of home-made key=value a mapping is proposed, which reads it', async () => {
    const pairs = (n: number) =>
      `stamp=2026-01-05T10:00:${10 + n}Z verb=GET what=/orders/${n} answered=200 from=203.0.113.9 who=ak_${n % 3}`;
    const log = join(cwd, 'pairs.log');
    writeFileSync(log, linesOf(30, pairs));
    const file = join(cwd, 'pairs.yaml');
    expect(await runCli(['connect', log, '--write', file], { cwd })).toMatchObject({ code: 0 });
    const { stderr } = await runCli(['decode', '--config', file, log], { cwd });
    expect(stderr).toContain('30 records: 30 events, 0 refused');
  });

  it.runIf(hasSamples)('real lines of CloudTrail: the access key is the credential', async () => {
    const {
      formats: found,
      credentials,
      decodedShare,
    } = await report([join(samples, 'aws-cloudtrail.ndjson')]);
    expect(found[0]?.id).toBe('cloudtrail');
    expect(decodedShare).toBe(1);
    expect(credentials.kinds.map(({ source }) => source)).not.toContain('network');
  });

  it.runIf(hasSamples && formats.some(({ id }) => id === 'apisix'))(
    'real lines of APISIX: told by their keys',
    async () => {
      const { formats: found, decodedShare } = await report([join(samples, 'apisix.ndjson')]);
      expect(found[0]?.id).toBe('apisix');
      // The third line is a format of somebody's own, without a method or a path.
      expect(decodedShare).toBeCloseTo(2 / 3, 5);
    },
  );
});
