import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeConfig } from '../../schemas/config/decode.ts';
import { httpSource as schema } from '../../schemas/config/source.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { tokenCheck } from '../../src/server/access.ts';
import { createHttpSource } from '../../src/sources/http.ts';
import type { Batch, BatchOutcome } from '../../src/sources/source.ts';
import { otlpBytes } from '../decode/otlp-writer.ts';

const apps: FastifyInstance[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

function make(more: object = {}, token?: string) {
  const config = schema.parse({ enabled: true, ...more });
  const source = createHttpSource({
    config,
    allows: token === undefined ? undefined : tokenCheck(token),
    nowMs: () => 1_767_600_000_000,
  });
  const app = fastify();
  source.register(app);
  apps.push(app);
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: '/ingest',
      payload,
      headers: { 'content-type': 'application/x-ndjson', ...headers },
    });
  return { app, source, post };
}

/** Reads, judges as told and acknowledges until it has `count` records. */
async function drain(
  source: ReturnType<typeof make>['source'],
  count: number,
  judge: (batch: Batch) => BatchOutcome = ({ records }) => ({
    events: records.length,
    skipped: 0,
    aheadOfTime: 0,
    refused: [],
  }),
): Promise<string[]> {
  const values: string[] = [];
  for await (const batch of source) {
    values.push(...batch.records.map(({ value }) => Buffer.from(value).toString()));
    batch.onJudged?.(judge(batch));
    await batch.commit();
    if (values.length >= count) break;
  }
  return values;
}

describe('POST /ingest', () => {
  test('answers 200 only after the records were acknowledged', async () => {
    const { source, post } = make();
    const answer = post('{"a":1}\n\n{"a":2}\n');
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(answered).toBe(false);
    expect(await drain(source, 2)).toEqual(['{"a":1}', '{"a":2}']);
    expect((await answer).json()).toEqual({ accepted: 2, refused: 0, skipped: 0, reasons: [] });
  });

  test('says what was refused and why, with the first lines that it befell, in an array or not', async () => {
    const { source, post } = make({ format: 'nginx-combined' });
    const good = '198.51.100.4 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "curl"';
    const bad = Array.from({ length: 7 }, () => '198.51.100.4 - - [05/Jan');
    const decoder = createDecoder({ ...decodeConfig.parse({}), hashKey: new Uint8Array(32), history: true });
    const decode = ({ records }: Batch): BatchOutcome => {
      const decoded = records.map((record) => decoder.decode(record));
      return {
        events: decoded.flatMap(({ events }) => events).length,
        skipped: decoded.reduce((sum, { skipped }) => sum + skipped, 0),
        aheadOfTime: 0,
        refused: decoded.flatMap(({ refused }) => refused),
      };
    };
    const errors = '2026/01/05 10:00:00 [error] 7#7: *1 open() failed';
    const answer = post(['{"a":', good, '', errors, ...bad].join('\n'));
    await drain(source, 10, decode);
    expect((await answer).json()).toEqual({
      accepted: 1,
      refused: 8,
      skipped: 1,
      reasons: [
        { reason: 'not-json', count: 1, lines: [1], detail: expect.stringMatching(/^broken JSON/) },
        { reason: 'missing-field', count: 7, lines: [5, 6, 7, 8, 9], detail: expect.any(String) },
      ],
    });
    const { source: another, post: postTo } = make({ format: 'nginx-combined' });
    const nested = postTo(`[[${JSON.stringify(good)},42],${JSON.stringify(good)}]`);
    await drain(another, 1, decode);
    expect((await nested).json()).toMatchObject({ accepted: 2, reasons: [{ count: 1, lines: [1] }] });
  });

  test('takes gzip, and keeps a JSON array whole', async () => {
    const { source, post } = make();
    const answer = post(gzipSync('[{"a":1},\n{"a":2}]'), { 'content-encoding': 'gzip' });
    expect(await drain(source, 1)).toEqual(['[{"a":1},\n{"a":2}]']);
    expect((await answer).statusCode).toBe(200);
  });

  test('takes an OTLP request in protobuf, one record for each resource', async () => {
    const { source, post } = make();
    const [one, two] = [otlpBytes([{ timeMs: 10, body: 'a\nb' }]), otlpBytes([{ timeMs: 10, body: 'c' }])];
    const answer = post(gzipSync(Buffer.concat([one, two])), {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'gzip',
    });
    expect(await drain(source, 2)).toEqual([`${Buffer.from(one)}`, `${Buffer.from(two)}`]);
    expect((await answer).json()).toMatchObject({ accepted: 2 });
  });

  test('makes one record of a line that a container runtime cut, within one request', async () => {
    const { source, post } = make();
    const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;
    const answer = post([cri('P', 'a '), cri('F', 'b'), cri('P', 'c')].join('\n'));
    expect(await drain(source, 2)).toEqual([cri('F', 'a b'), cri('P', 'c')]);
    expect((await answer).statusCode).toBe(200);
  });

  test('names the limit and its setting where a body is too large, as it comes or inflated', async () => {
    const { post } = make({ maxBodyBytes: 1024 });
    for (const answer of [
      await post(gzipSync('x'.repeat(5000)), { 'content-encoding': 'gzip' }),
      await post('x'.repeat(5000)),
    ]) {
      expect(answer.statusCode).toBe(413);
      expect(answer.json().error).toMatch(/more than 1024 bytes \(source\.http\.maxBodyBytes/);
    }
  });

  test('says what may be sent where the encoding or the type is none that is read', async () => {
    const { post } = make();
    const broken = await post('no gzip', { 'content-encoding': 'GZIP' });
    expect([broken.statusCode, broken.json().error]).toEqual([400, expect.stringContaining('no whole gzip')]);
    const brotli = await post('x', { 'content-encoding': 'br' });
    expect([brotli.statusCode, brotli.headers['accept-encoding']]).toEqual([415, 'gzip, zstd']);
    expect(brotli.json().error).toBe(
      'content-encoding br is not read; send gzip, zstd, or the body as it is without that header',
    );
    expect((await post('x', { 'content-encoding': '<script>' })).body).not.toContain('script');
    const form = await post('x', { 'content-type': 'multipart/form-data; boundary=x' });
    expect([form.statusCode, form.json().error]).toEqual([415, expect.stringContaining('--data-binary')]);
  });

  test('takes lines whatever single type the sender gives them', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'text/plain; charset=utf-8',
      'application/json',
    ]) {
      const { source, post } = make();
      const answer = post('{"a":1}', { 'content-type': type });
      await drain(source, 1);
      expect((await answer).statusCode, type).toBe(200);
    }
  });

  test('asks for the token where one is configured', async () => {
    const { source, post } = make({}, 'a-long-enough-token');
    expect((await post('{"a":1}')).statusCode).toBe(401);
    expect((await post('{"a":1}', { authorization: 'Bearer wrong-token-wrong' })).statusCode).toBe(401);
    const answer = post('{"a":1}', { authorization: 'Bearer a-long-enough-token' });
    await drain(source, 1);
    expect((await answer).statusCode).toBe(200);
  });

  test('says 429 with a time to come back while the pipeline is busy, and 503 when records are not safe in time', async () => {
    const { post } = make({ maxWaiting: 1, answerWithinMs: 200 });
    const waiting = post('{"a":1}');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const busy = await post('{"a":2}');
    expect([busy.statusCode, busy.headers['retry-after']]).toEqual([429, '5']);
    expect((await waiting).statusCode).toBe(503);
  });

  test('counts bodies that are still coming, so that slow senders do not fill the memory', async () => {
    const { app, source } = make({ maxWaiting: 1 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const sender = () => {
      const socket = connect(port, '127.0.0.1');
      socket.write('POST /ingest HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n{"a":1}');
      return { socket, answer: once(socket, 'data').then(([bytes]) => String(bytes).split('\r\n')[0]) };
    };
    const slow = sender();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = sender();
    expect(await refused.answer).toBe('HTTP/1.1 429 Too Many Requests');
    refused.socket.destroy();
    slow.socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const next = sender();
    next.socket.write('\n\n');
    await drain(source, 1);
    expect(await next.answer).toBe('HTTP/1.1 200 OK');
    next.socket.destroy();
  });
});
