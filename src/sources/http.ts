import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpSourceConfig } from '../../schemas/config/source.ts';
import { CutLines } from './cut-lines.ts';
import { framingOf, splitterFor } from './frames.ts';
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

type Outcome = 'safe' | 'late';
const retryAfterS = 5;
/** A sender that sends its next request after the answer is otherwise held to one a checkpoint. */
const acknowledgeWithinMs = 200;

/**
 * Records pushed by HTTP: lines of JSON or text, one JSON array, or an OTLP request in protobuf.
 *
 * Delivery guarantee: 200 is answered when the records' alerts and state are safe; anything else means
 * send again. A batch that was being judged when its time ran out may count twice.
 */
export function createHttpSource({ config, allows, nowMs }: HttpSourceParts): HttpSource {
  const handOver = new HandOver<Batch>(config.maxWaiting);
  let requests = 0;
  let waiting = 0;
  let closed = false;

  async function ingest(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (closed)
      return reply.code(503).header('retry-after', retryAfterS).send({ error: 'the service is stopping' });
    if (waiting >= config.maxWaiting) return busy(reply);
    const body = inflated(request, config.maxBodyBytes);
    if ('error' in body) return reply.code(body.status).send({ error: body.error });
    requests += 1;
    const records = recordsOf(body.bytes, requests, nowMs(), config.format);
    if (records.length === 0) return { accepted: 0 };
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const batch: Batch = { records, commit: async () => settle('safe') };
    if (!handOver.offer(batch)) return busy(reply);
    waiting += 1;
    const timer = setTimeout(() => settle('late'), config.answerWithinMs);
    const result = await outcome;
    clearTimeout(timer);
    waiting -= 1;
    if (result === 'safe') return { accepted: records.length };
    // What is sent again must not be judged twice, as far as it can still be taken back.
    handOver.withdraw(batch);
    return reply
      .code(503)
      .header('retry-after', retryAfterS)
      .send({ error: 'the records are not safe yet; send them again' });
  }

  function busy(reply: FastifyReply): unknown {
    return reply
      .code(429)
      .header('retry-after', retryAfterS)
      .send({ error: `${waiting} requests are waiting already; send again later` });
  }

  return {
    name: 'http',
    acknowledgeWithinMs,
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
  // What waits for more would leave its sender without an answer: a line ends with its request.
  const cut = new CutLines<RawRecord>();
  let line = 0;
  for (const value of partsOf(bytes)) {
    line += 1;
    if (!value.some((byte) => byte > 0x20)) continue;
    const record: RawRecord = {
      value,
      at: { kind: 'http', request, line },
      ingestTimeMs: now,
      partition: 'http',
      format: format === 'auto' ? undefined : format,
    };
    if (cut.passes(record)) records.push(record);
    else records.push(...cut.take(record));
  }
  records.push(...cut.flush());
  return records;
}

function* partsOf(bytes: Uint8Array): Generator<Uint8Array> {
  if (startsArray(bytes)) {
    yield bytes;
    return;
  }
  const splitter = splitterFor(framingOf(bytes) ?? 'lines', bytes.byteLength);
  yield* splitter.push(bytes);
  const last = splitter.flush();
  if (last !== null) yield last;
}

/** `[{` or `[[`, white space aside: lines of text may begin with a bracket too. */
function startsArray(bytes: Uint8Array): boolean {
  let brackets = 0;
  for (const byte of bytes) {
    if (byte <= 0x20) continue;
    if (brackets === 1) return byte === 0x7b || byte === 0x5b;
    if (byte !== 0x5b) return false;
    brackets += 1;
  }
  return false;
}
