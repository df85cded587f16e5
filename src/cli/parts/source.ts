import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/schema.ts';
import { isLoopback, tokenCheck } from '../../server/access.ts';
import { readSecret } from '../../sinks/secret.ts';
import { createFileSource } from '../../sources/file.ts';
import { createFollowSource } from '../../sources/follow.ts';
import { createHttpSource } from '../../sources/http.ts';
import { createKafkaSource } from '../../sources/kafka/kafka-source.ts';
import type { LastRead } from '../../sources/kafka/starts.ts';
import type { Source } from '../../sources/source.ts';
import type { SavedPosition } from '../../state/checkpoint.ts';
import { type Io, usageFailure } from '../io.ts';
import type { ServiceContext, ServiceParts } from '../service.ts';
import { filesSource } from './files.ts';

export interface ChosenSource {
  readonly kind: ServiceParts['sourceKind'];
  readonly open: (context: ServiceContext) => Promise<Source>;
  /** What the source adds to the service's server. */
  readonly routes?: (app: FastifyInstance) => void;
  /** The input ends by itself. */
  readonly finite: boolean;
}

/** The source of a service: files named on the command line, else the configured one. */
export function sourceFrom(config: Config, files: readonly string[], io: Io): ChosenSource {
  if (files.length > 0) {
    const isStdin = files.length === 1 && files[0] === '-';
    return { kind: isStdin ? 'stdin' : 'file', open: () => filesSource(config, files, io), finite: false };
  }
  const { kafka, file, http } = config.source;
  if (kafka !== undefined) {
    return {
      kind: 'kafka',
      open: ({ logger, stop, waitingFor, store }) =>
        createKafkaSource({
          config: kafka,
          logger,
          nowMs: Date.now,
          stop,
          waitingFor,
          restored: lastReads(store.restored?.positions ?? new Map()),
        }),
      finite: false,
    };
  }
  if (file !== undefined) {
    const common = {
      maxRecordBytes: config.decode.maxRecordBytes,
      format: file.format === 'auto' ? undefined : file.format,
      nowMs: Date.now,
    };
    const open = async ({ folder, logger }: ServiceContext) =>
      file.follow
        ? createFollowSource({
            ...common,
            paths: file.paths,
            placesFile: folder.path('files.json'),
            onLost: (why) => logger.warn(why),
          })
        : createFileSource({ ...common, files: file.paths, stdin: io.stdin });
    return { kind: 'file', open, finite: false };
  }
  if (http.enabled) return httpFrom(config);
  throw usageFailure(
    'no source: set source.kafka, source.file or source.http, or name log files, e.g. tail -F access.log | bearerwatch run -',
  );
}

function httpFrom(config: Config): ChosenSource {
  const { http } = config.source;
  if (!config.server.enabled) throw usageFailure('source.http needs the server: set server.enabled');
  const token = readSecret(http.token ?? null, http.tokenFile ?? null, 'source.http.tokenFile');
  if (token === undefined && !isLoopback(config.server.host)) {
    throw usageFailure(
      `source.http: ${config.server.host} can be reached by others; set source.http.tokenFile or listen on 127.0.0.1`,
    );
  }
  const source = createHttpSource({
    config: http,
    allows: token === undefined ? undefined : tokenCheck(token),
    nowMs: Date.now,
  });
  return { kind: 'http', open: async () => source, routes: source.register, finite: false };
}

function lastReads(positions: ReadonlyMap<string, SavedPosition>): Map<string, LastRead> {
  const reads = new Map<string, LastRead>();
  for (const [partition, { at, newestMs }] of positions)
    if (at.kind === 'kafka') reads.set(partition, { offset: Number(at.offset), newestMs });
  return reads;
}
