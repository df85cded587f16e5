import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { insertRows, openClickHouse } from '../../../src/sinks/clickhouse/client.ts';
import { classify } from '../../../src/sinks/clickhouse/failure.ts';
import { httpReceiver } from '../http-receiver.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-client-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('openClickHouse() with a server', () => {
  it('proves itself with the password of the file, without its line end', async () => {
    const server = await httpReceiver();
    const config = clickhouseConfig.parse({
      url: server.url,
      user: 'bearerwatch',
      passwordFile: file('password', 's3cret pass\n'),
    });
    const clickhouse = await openClickHouse(config, folder);
    await insertRows(clickhouse, 'alert_states', [{ id: 'a' }]);
    const sent = server.received[0];
    const credentials = Buffer.from(String(sent?.headers.authorization).slice('Basic '.length), 'base64');
    expect(credentials.toString()).toBe('bearerwatch:s3cret pass');
    expect(new URL(sent?.path ?? '', 'http://x').searchParams.get('query')).toMatch(
      /^INSERT INTO bearerwatch\.alert_states SETTINGS insert_deduplication_token = '[0-9a-f]{32}', async_insert = 0, input_format_skip_unknown_fields = 0 FORMAT JSONEachRow$/,
    );
    expect(sent?.body).toBe('{"id":"a"}\n');
    await clickhouse.client.close();
    await server.close();
  });

  it('keeps user, password and path of the address out of messages', async () => {
    const config = clickhouseConfig.parse({ url: 'http://127.0.0.1:1/' });
    const clickhouse = await openClickHouse(config, folder);
    expect(clickhouse.where).toBe('http://127.0.0.1:1');
    await clickhouse.client.close();
  });

  it.each([
    [
      { passwordFile: '/nowhere/password' },
      /clickhouse\.passwordFile: cannot read \/nowhere\/password \(ENOENT\)/,
    ],
    [{ tls: { certFile: '/x.pem' } }, /certFile and keyFile belong together/],
    [{ tls: { certFile: '/x.pem', keyFile: '/x.key' } }, /also needs caFile/],
    [{ tls: { caFile: '/nowhere/ca.pem' } }, /clickhouse\.tls\.caFile: cannot read/],
  ])('refuses %j with one clear line', async (options, message) => {
    const config = clickhouseConfig.parse({ url: 'https://127.0.0.1:1', ...options });
    await expect(openClickHouse(config, folder)).rejects.toThrow(message);
  });
});

describe('classify()', () => {
  it.each([
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'passing'],
    [Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' }), 'passing'],
    [new Error('Timeout error.'), 'passing'],
    [new Error('502 Bad Gateway <html>'), 'passing'],
    [Object.assign(new Error('write failed: No space left on device'), { code: '75' }), 'blocked'],
    [Object.assign(new Error('Quota exceeded'), { code: '201' }), 'blocked'],
    [Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'refused'],
    [Object.assign(new Error('Unknown table'), { code: '60' }), 'refused'],
  ])('%s is %s', (error, kind) => {
    expect(classify(error).kind).toBe(kind);
  });

  it('gives one line that cannot steer a terminal', () => {
    const { text } = classify(Object.assign(new Error('bad \u001b[2Jrow\nsecond line'), { code: '117' }));
    expect(text).toMatch(/^bad {2}\[2Jrow \(code 117\); the table does not fit this version/);
  });
});
