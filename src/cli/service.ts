import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { detectors } from '../../detectors/index.ts';
import type { AlertStore } from '../alerting/alert-store.ts';
import { readMappings } from '../config/mapping-files.ts';
import { changesBetween } from '../config/reload.ts';
import { readRevoked } from '../config/revoked.ts';
import { type Config, configSchema } from '../config/schema.ts';
import type { DecodeStage } from '../decode/decoded.ts';
import { deploymentOf } from '../engine/deployment.ts';
import type { Engine } from '../engine/engine.types.ts';
import { createLogger, type Logger } from '../logger.ts';
import { createPipeline } from '../pipeline.ts';
import { meterOf, updateFromSinks } from '../server/meter.ts';
import { createMetrics } from '../server/metrics.ts';
import { startServer } from '../server/server.ts';
import { stopOnSignals } from '../shutdown.ts';
import { createFanOut, type FanOut } from '../sinks/deliver.ts';
import type { KafkaSource } from '../sources/kafka/kafka-source.ts';
import type { Source } from '../sources/source.ts';
import { type CheckpointStore, forgetCheckpoint, openCheckpoint } from '../state/checkpoint.ts';
import { openStateFolder, type StateFolder } from '../state/state-folder.ts';
import { openDatabase } from './database.ts';
import { exitCodes, type Io, messageOf, runFailure, wantsColor } from './io.ts';
import { engineFrom } from './parts/engine.ts';
import { sinksFrom } from './parts/sinks.ts';
import { version } from './version.ts';

/** A source may know how far behind it is and what keeps it from reading. */
export type MeasuredSource = Source & Partial<Pick<KafkaSource, 'lag' | 'problem' | 'startedOver'>>;

/** What a service needs beside its configuration. */
export interface ServiceParts {
  /** Formats the decoder knows: a closed set of metric labels. */
  readonly formats: readonly string[];
  readonly sourceKind: 'kafka' | 'file' | 'http' | 'stdin';
  readonly openSource: (context: ServiceContext) => Promise<MeasuredSource>;
  /** What the source adds to the server. */
  readonly routes?: ((app: FastifyInstance) => void) | undefined;
  readonly openDecodeStage: (context: ServiceContext) => Promise<DecodeStage>;
}

export interface ServiceContext {
  readonly config: Config;
  readonly folder: StateFolder;
  readonly store: CheckpointStore;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Told what the start waits for, one line; undefined when it goes on. */
  readonly waitingFor: (problem: string | undefined) => void;
}

export interface ServiceSetting {
  readonly config: Config;
  /** Reads the configuration again; throws with all that is wrong. */
  readonly reread: () => Config;
  /** Of the configuration, for the log. */
  readonly warnings: readonly string[];
  readonly simulated: boolean;
  /** Alerts raised before (event time) are stored but not told on standard output. */
  readonly tellFromMs?: number;
  /** Forget what was learnt and found. */
  readonly fresh: boolean;
  /** The input ends by itself. */
  readonly finite: boolean;
  /** Called when everything is up; `url` is undefined when no server is configured. */
  readonly onReady?: (url: string | undefined) => void | Promise<void>;
}

/**
 * The service: parts are opened in the order in which a wrong one should be found, and closed in the
 * opposite one, so what is delivered last is delivered before its sink closes.
 */
export async function runService(setting: ServiceSetting, parts: ServiceParts, io: Io): Promise<void> {
  const { config } = setting;
  const logger = createLogger(config.log, io.stderr, wantsColor(io, io.stderr));
  for (const warning of setting.warnings) logger.warn(warning);
  const giveUp = new AbortController();
  await using opened = new AsyncDisposableStack();

  const stop = opened.use(
    stopOnSignals(process, {
      deadlineMs: config.shutdown.deadlineMs,
      onStop: (why) => logger.info(`${why}: finishing what is in hand; once more to stop at once`),
      onGiveUp(why) {
        logger.error(`stopped at once: ${why}; what was not saved is read again at the next start`);
        giveUp.abort(new Error(why));
        io.exit(exitCodes.failed);
      },
    }),
  );
  const folder = opened.adopt(openStateFolder(config.state.dir), (it) => it.release());
  const checkpointDir = folder.path('checkpoint');
  if (setting.fresh) forgetCheckpoint(checkpointDir);
  const store = opened.adopt(
    openCheckpoint({ dir: checkpointDir, version, fingerprint: fingerprintOf(config), now: Date.now }),
    (it) => it.close(),
  );
  const engine = engineFrom(config, { scores: true, simulated: setting.simulated });
  // Before anything is waited for: unheard, the signal would end the process.
  opened.use(reloadOnHangup(setting, engine, logger));
  restore(engine, store, fingerprintOf(config), logger);

  const metrics = createMetrics({
    version,
    formats: parts.formats,
    detectors: detectors.map(({ id }) => id),
    source: parts.sourceKind,
  });
  if (setting.fresh) forgetCheckpoint(folder.path('clickhouse'));

  // The server is up while the database or the brokers are still waited for, and says so.
  let waiting: string | undefined;
  const waitingFor = (problem: string | undefined) => {
    waiting = problem;
  };
  let notReady = () => [waiting ?? 'still starting'];
  let problems = (): readonly string[] => (waiting === undefined ? [] : [waiting]);
  let lag: () => ReadonlyMap<string, number> = () => new Map();
  let startedOver = () => 0;
  let alerts: AlertStore = notOpenYet;
  let fanOut: FanOut | undefined;
  let decodeStage: DecodeStage | undefined;
  const server = config.server.enabled
    ? opened.adopt(
        await startServer(config.server, {
          metrics,
          alerts: {
            listAlerts: (filter) => alerts.listAlerts(filter),
            findAlert: (id) => alerts.findAlert(id),
          },
          version,
          simulated: setting.simulated,
          problems: () => problems(),
          notReady: () => notReady(),
          coverage: () => [...engine.figures().coverage].map(([detector, ratio]) => ({ detector, ratio })),
          refresh() {
            metrics.updateFromFigures(engine.figures(), Date.now());
            if (fanOut !== undefined) updateFromSinks(metrics, fanOut.figures());
            for (const [partition, records] of lag())
              metrics.set('source_lag_records', { partition }, records);
            metrics.raiseTo('source_partitions_started_over_total', {}, startedOver());
            const decoded = decodeStage?.figures();
            metrics.raiseTo('redactions_total', {}, decoded?.sweepHits ?? 0);
            for (const [why, lines] of decoded?.skippedBy ?? [])
              metrics.raiseTo('records_skipped_total', { why }, lines);
          },
          routes: parts.routes,
          onError: (error) => logger.error(`server: ${messageOf(error)}`),
        }),
        (it) => it.close(),
      )
    : undefined;

  const context: ServiceContext = { config, folder, store, logger, stop: stop.signal, waitingFor };
  let source: MeasuredSource;
  try {
    // Closed by its sink.
    const clickhouse = config.clickhouse.enabled
      ? await openDatabase(config.clickhouse, folder.dir, logger, stop.signal, waitingFor)
      : undefined;
    const delivery = await sinksFrom(config, {
      clickhouse,
      logger,
      io,
      tellFromMs: setting.tellFromMs ?? 0,
    });
    alerts = delivery.alerts;
    fanOut = opened.adopt(
      createFanOut(delivery.sinks, {
        onLost: (sink, count, reason) =>
          logger.error({ alerts: count, reason }, `${sink}: alerts were not delivered`),
      }),
      (it) => it.close(),
    );
    decodeStage = opened.adopt(await parts.openDecodeStage(context), (it) => it.close());
    source = opened.adopt(await parts.openSource(context), (it) => it.close());
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    logger.info('stopped before everything was open; nothing was read');
    return;
  }
  const pipeline = createPipeline({
    source,
    decodeStage,
    engine,
    sinks: [fanOut],
    store,
    checkpoint: config.checkpoint,
    keepEvents: config.clickhouse.enabled && config.clickhouse.eventSampleRate > 0,
    finite: setting.finite,
    meter: meterOf(metrics),
    logger,
    clock: () => performance.now(),
  });
  problems = () => [...pipeline.problems(), ...[source.problem?.()].filter((text) => text !== undefined)];
  lag = () => source.lag?.() ?? new Map();
  startedOver = () => source.startedOver?.() ?? 0;
  notReady = () => [];
  logger.info(
    { source: source.name, state: folder.dir, ...(server && { url: server.url }) },
    `bearerwatch ${version} is running`,
  );
  await setting.onReady?.(server?.url);
  await pipeline.run(stop.signal, giveUp.signal);
  logger.info('everything delivered and saved');
}

const notOpenYet: AlertStore = {
  listAlerts: () => Promise.reject(new Error('alerts were asked for before the database was open')),
  findAlert: () => Promise.reject(new Error('alerts were asked for before the database was open')),
};

/** Of what shapes the learnt state. */
function fingerprintOf({ engine, detectors: options }: Config): string {
  return createHash('sha256')
    .update(JSON.stringify([engine, options]))
    .digest('hex')
    .slice(0, 16);
}

/** Throws with what to do when the folder holds the state of another layout. */
function restore(engine: Engine, store: CheckpointStore, fingerprint: string, logger: Logger): void {
  if (store.restored === undefined) {
    logger.info('nothing learnt yet: every credential starts as a newcomer');
    return;
  }
  try {
    engine.restore(store.restored.entries());
  } catch (error) {
    throw runFailure(messageOf(error));
  }
  const { savedAtMs, fingerprint: before } = store.restored.stamp;
  if (before !== fingerprint)
    logger.info('engine or detectors are configured differently than when this was learnt');
  logger.info(
    { credentials: engine.figures().credentials, savedAt: new Date(savedAtMs).toISOString() },
    'took up what was learnt before',
  );
}

/** What the files say: the option itself only names them. */
const mappingsOf = ({ decode }: Config) => readMappings(decode.mappings, []).mappings;

/** SIGHUP: takes over what can change at run time; a configuration that is wrong changes nothing. */
function reloadOnHangup(setting: ServiceSetting, engine: Engine, logger: Logger): Disposable {
  let current = setting.config;
  let mappings = mappingsOf(current);
  const reload = () => {
    try {
      const next = setting.reread();
      const { applied, needRestart: options } = changesBetween(configSchema, current, next);
      const nextMappings = mappingsOf(next);
      const isMappingOther = !isDeepStrictEqual(mappings, nextMappings);
      const needRestart = isMappingOther ? [...new Set([...options, 'decode.mappings'])] : options;
      engine.reconfigure(deploymentOf(next.lists, readRevoked(next.lists.revokedFile)), next.alerts.perDay);
      logger.level = next.log.level;
      current = next;
      mappings = nextMappings;
      logger.info({ applied }, 'configuration read again; what was learnt is kept');
      if (needRestart.length > 0)
        logger.warn({ options: needRestart }, 'these options change only with a restart');
    } catch (error) {
      logger.error(
        `the new configuration is not taken over, the old one stays in force: ${messageOf(error)}`,
      );
    }
  };
  process.on('SIGHUP', reload);
  return { [Symbol.dispose]: () => void process.off('SIGHUP', reload) };
}
