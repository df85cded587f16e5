import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpSourceConfig } from '../../schemas/config/source.ts';
import { HandOver } from './hand-over.ts';
import { bodyOf, knownEncodings, refusedType, tooLarge } from './http-body.ts';
import { recordsOf } from './http-records.ts';
import { answerTo } from './ingest-answer.ts';
import type { Batch, BatchOutcome, Source } from './source.ts';

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
const nothing: BatchOutcome = { events: 0, skipped: 0, aheadOfTime: 0, refused: [] };
/** A sender that sends its next request after the answer is otherwise held to one a checkpoint. */
const acknowledgeWithinMs = 200;

/**
 * Records pushed by HTTP: lines of JSON or text, one JSON array, or an OTLP request in protobuf.
 *
 * Delivery guarantee: 200 is answered when the records' alerts and state are safe, and says how many lines
 * were refused and why: sent again they would be refused again. 429 and 503 mean send again, any other
 * answer that the request itself is at fault. A batch that was being judged when its time ran out may count
 * twice.
 */
export function createHttpSource({ config, allows, nowMs }: HttpSourceParts): HttpSource {
  const handOver = new HandOver<Batch>(config.maxWaiting);
  let requests = 0;
  let waiting = 0;
  /** Whose bodies are under way: they lie in memory, however slowly they come. */
  let coming = 0;
  let closed = false;

  async function ingest(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    if (closed)
      return reply.code(503).header('retry-after', retryAfterS).send({ error: 'the service is stopping' });
    if (waiting >= config.maxWaiting) return busy(reply);
    const body = bodyOf(request, config.maxBodyBytes);
    if ('error' in body) {
      if (body.status === 415) reply.header('accept-encoding', knownEncodings);
      return reply.code(body.status).send({ error: body.error });
    }
    requests += 1;
    const records = recordsOf(body.bytes, requests, nowMs(), config.format);
    let answer = answerTo(nothing);
    if (records.length === 0) return answer;
    let settle: (outcome: Outcome) => void = () => undefined;
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const batch: Batch = {
      records,
      onJudged(became) {
        answer = answerTo(became);
      },
      commit: async () => settle('safe'),
    };
    if (!handOver.offer(batch)) return busy(reply);
    waiting += 1;
    const timer = setTimeout(() => settle('late'), config.answerWithinMs);
    const result = await outcome;
    clearTimeout(timer);
    waiting -= 1;
    if (result === 'safe') return answer;
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
      .send({ error: `${waiting + coming} requests are waiting already; send again later` });
  }

  return {
    name: 'http',
    acknowledgeWithinMs,
    register(app) {
      app.register(async (own) => {
        own.removeAllContentTypeParsers();
        own.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
        own.setErrorHandler<FastifyError>((error, _request, reply) => {
          if (error.statusCode !== 413) throw error;
          return reply.code(413).send({ error: tooLarge(config.maxBodyBytes) });
        });
        own.addHook('onRequest', async (request, reply) => {
          if (allows === undefined || allows(request.headers.authorization)) return undefined;
          return reply
            .code(401)
            .send({ error: 'the ingest token is missing or wrong (Authorization: Bearer …)' });
        });
        own.addHook('onRequest', async (request, reply) => {
          const error = refusedType(request);
          return error === undefined ? undefined : reply.code(415).send({ error });
        });
        // Refused before its body is read, or as many bodies as there are senders would lie in memory.
        own.addHook('onRequest', async ({ raw }, reply) => {
          if (waiting + coming >= config.maxWaiting) return busy(reply);
          coming += 1;
          raw.once('close', () => {
            coming -= 1;
          });
          return undefined;
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
