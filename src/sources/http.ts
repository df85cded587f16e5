import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpSourceConfig } from '../../schemas/config/source.ts';
import { HandOver } from './hand-over.ts';
import type { Batch, RawRecord, Source } from './source.ts';

export interface HttpSource extends Source {
  /** Adds `POST /ingest` to the service's server. */
  register(app: FastifyInstance): void;
}

export interface HttpSourceParts {
  readonly config: HttpSourceConfig;
  /** True when the Authorization header may push; undefined: everybody who reaches the server may. */
  readonly allows: ((authorization: string | undefined) => boolean) | undefined;
  readonly nowMs: () => number;
}

type Outcome = 'safe' | 'closed';
const retryAfterS = 5;

/**
 * Records pushed by HTTP: lines of JSON or text, or one JSON array.
 *
 * Delivery guarantee: 200 is answered when the records' alerts and state are safe; anything else means
 * send again. Records sent twice are told apart by their request ids where they carry some.
 */
export function createHttpSource({ config, allows, nowMs }: HttpSourceParts): HttpSource {
  const handOver = new HandOver<Batch>(config.maxWaiting);
  let requests = 0;
  let waiting = 0;
  let closed = false;

  async function ingest(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (closed)
      return reply.code(503).header('retry-after', retryAfterS).send({ error: 'the service is stopping' });
    if (waiting >= config.maxWaiting) {
      return reply
        .code(429)
        .header('retry-after', retryAfterS)
        .send({ error: `${waiting} requests are waiting already; send again later` });
    }
    const body = inflated(request, config.maxBodyBytes);
    if ('error' in body) return reply.code(body.status).send({ error: body.error });
    requests += 1;
    const records = recordsOf(body.bytes, requests, nowMs(), config.format);
    if (records.length === 0) return { accepted: 0 };
    waiting += 1;
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const given = await handOver.give({ records, commit: async () => settle('safe') });
    if (!given) settle('closed');
    const timer = setTimeout(() => settle('closed'), config.answerWithinMs);
    const result = await outcome;
    clearTimeout(timer);
    waiting -= 1;
    if (result === 'safe') return { accepted: records.length };
    return reply
      .code(503)
      .header('retry-after', retryAfterS)
      .send({ error: 'the records are not safe yet; send them again' });
  }

  return {
    name: 'http',
    register(app) {
      app.register(async (own) => {
        own.removeAllContentTypeParsers();
        own.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
        own.addHook('onRequest', async (request, reply) => {
          if (allows === undefined || allows(request.headers.authorization)) return undefined;
          return reply
            .code(401)
            .send({ error: 'the ingest token is missing or wrong (Authorization: Bearer …)' });
        });
        own.post('/ingest', { bodyLimit: config.maxBodyBytes }, ingest);
      });
    },
    [Symbol.asyncIterator]: () => handOver[Symbol.asyncIterator](),
    async close() {
      closed = true;
      handOver.end();
    },
  };
}

type Body = { readonly bytes: Uint8Array } | { readonly status: 400 | 413 | 415; readonly error: string };

function inflated(request: FastifyRequest, maxOutputLength: number): Body {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  try {
    switch (encoding) {
      case 'identity':
        return { bytes };
      case 'gzip':
        return { bytes: gunzipSync(bytes, { maxOutputLength }) };
      case 'zstd':
        return { bytes: zstdDecompressSync(bytes, { maxOutputLength }) };
      default:
        return {
          status: 415,
          error: `content-encoding ${encoding.slice(0, 32)} is not known; gzip, zstd and none are`,
        };
    }
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return tooLarge
      ? { status: 413, error: `the body inflates to more than ${maxOutputLength} bytes` }
      : { status: 400, error: `the body is no valid ${encoding}` };
  }
}

/** One record a line; an array stays whole, the decoder takes it apart. */
function recordsOf(bytes: Uint8Array, request: number, now: number, format: string): RawRecord[] {
  const records: RawRecord[] = [];
  let start = 0;
  let line = 0;
  const first = bytes.find((byte) => byte > 0x20);
  const isArray = first === 0x5b && bytes.subarray(0, 4096).includes(0x7b);
  while (start < bytes.byteLength) {
    const newline = isArray ? -1 : bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.byteLength : newline;
    line += 1;
    const value = bytes.subarray(start, end);
    if (value.some((byte) => byte > 0x20)) {
      records.push({
        value,
        at: { kind: 'http', request, line },
        ingestTimeMs: now,
        partition: 'http',
        format: format === 'auto' ? undefined : format,
      });
    }
    start = end + 1;
  }
  return records;
}
