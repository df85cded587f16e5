import { gzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { httpSource as schema } from '../../schemas/config/source.ts';
import { tokenCheck } from '../../src/server/access.ts';
import { createHttpSource } from '../../src/sources/http.ts';
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
  return { source, post };
}

/** Reads and acknowledges until it has `count` records. */
async function drain(source: ReturnType<typeof make>['source'], count: number): Promise<string[]> {
  const values: string[] = [];
  for await (const batch of source) {
    values.push(...batch.records.map(({ value }) => Buffer.from(value).toString()));
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
    expect((await answer).json()).toEqual({ accepted: 2 });
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
    expect((await answer).json()).toEqual({ accepted: 2 });
  });

  test('makes one record of a line that a container runtime cut, within one request', async () => {
    const { source, post } = make();
    const cri = (tag: string, text: string) => `2026-01-05T10:00:01.5Z stdout ${tag} ${text}`;
    const answer = post([cri('P', 'a '), cri('F', 'b'), cri('P', 'c')].join('\n'));
    expect(await drain(source, 2)).toEqual([cri('F', 'a b'), cri('P', 'c')]);
    expect((await answer).statusCode).toBe(200);
  });

  test('refuses what inflates beyond the limit, what is too large, and broken data', async () => {
    const { post } = make({ maxBodyBytes: 1024 });
    expect((await post(gzipSync('x'.repeat(5000)), { 'content-encoding': 'gzip' })).statusCode).toBe(413);
    expect((await post('x'.repeat(5000))).statusCode).toBe(413);
    expect((await post('no gzip', { 'content-encoding': 'gzip' })).statusCode).toBe(400);
    expect((await post('x', { 'content-encoding': 'br' })).statusCode).toBe(415);
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
});
