import type { CheckpointConfig } from '../schemas/config/state.ts';
import type { DecodeStage } from './decode/decoded.ts';
import type { Engine } from './engine/engine.types.ts';
import type { Logger } from './logger.ts';
import { begunBatches } from './pipeline/begun-batches.ts';
import { cutsOf } from './pipeline/cuts.ts';
import { deliverTo } from './pipeline/delivery.ts';
import { judge, outcomeOf } from './pipeline/judge.ts';
import type { PipelineMeter } from './pipeline/meter.ts';
import { placesFrom } from './pipeline/places.ts';
import { pulseOf } from './pipeline/pulse.ts';
import type { Sink } from './sinks/sink.ts';
import type { Source } from './sources/source.ts';
import type { CheckpointStore } from './state/checkpoint.ts';

export interface PipelineParts {
  readonly source: Source;
  readonly decodeStage: DecodeStage;
  readonly engine: Engine;
  readonly sinks: readonly Sink[];
  /** Undefined: nothing is kept (replay). */
  readonly store: CheckpointStore | undefined;
  readonly checkpoint: CheckpointConfig;
  /** Hand usage events to the sinks too. */
  readonly keepEvents: boolean;
  /** The input ends by itself: at its end open hours are closed and incidents resolved. */
  readonly finite: boolean;
  readonly meter: PipelineMeter;
  readonly logger: Pick<Logger, 'warn' | 'error' | 'info'>;
  /** Milliseconds, monotonic. */
  readonly clock: () => number;
}

export interface Pipeline {
  /**
   * Runs until the source ends or `stop` is aborted; then delivers, saves and acknowledges what is in
   * hand. `giveUp` ends that too. Rejects when a sink or the source fails for good; what was not saved is
   * read again at the next start.
   */
  run(stop: AbortSignal, giveUp: AbortSignal): Promise<void>;
  /** What is wrong right now, one line each: a stage that hangs, a checkpoint that cannot be written, a sink. */
  problems(): readonly string[];
}

const looksPerCut = 5;

/** read → decode → judge → deliver → checkpoint → acknowledge. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { source, engine, sinks, meter, clock } = parts;
  const pulse = pulseOf(clock);
  const { everyMs, everyRecords } = parts.checkpoint;
  const cutEveryMs = Math.min(everyMs, source.acknowledgeWithinMs ?? everyMs);
  const places = placesFrom(parts.store?.restored?.positions ?? new Map());

  async function run(stop: AbortSignal, giveUp: AbortSignal): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    // The loop may be waiting for a silent source: closing it lets the failure out.
    const fail = (error: unknown) => {
      failure ??= { error };
      void source.close();
    };
    const hooks = {
      onStart: () => pulse.enter('deliver'),
      onDone(ms: number) {
        pulse.leave('deliver');
        meter.stage('deliver', ms);
      },
      onFailure: fail,
    };
    const deliveries = deliverTo(sinks, giveUp, hooks, clock);
    const cuts = cutsOf({
      engine,
      store: parts.store,
      places,
      everyMs,
      leastMs: cutEveryMs,
      everyRecords,
      deliveries,
      onSaved(figures, ms) {
        meter.stage('checkpoint', ms);
        meter.checkpoint(figures);
      },
      onTrouble: pulse.trouble(parts.logger),
      clock,
    });
    const closeSource = () => void source.close();
    stop.addEventListener('abort', closeSource, { once: true });
    if (stop.aborted) closeSource();
    // A source that falls silent must not leave its last batches unacknowledged. Looked at more often than
    // it is due: a cut at one tick is not yet old enough at the next, and would wait for the one after.
    const timer = setInterval(() => void cuts.whenDue(stop).catch(fail), cutEveryMs / looksPerCut);

    try {
      for await (const { batch, decoding, readMs } of begunBatches(source, parts.decodeStage, stop, clock)) {
        meter.stage('read', readMs);
        pulse.enter('decode');
        const decoded = await decoding;
        pulse.leave('decode');
        pulse.enter('judge');
        const judged = judge(batch, decoded, { ...parts, places });
        cuts.add(batch);
        batch.onJudged?.(outcomeOf(judged));
        pulse.leave('judge');
        meter.stage('decode', judged.decodeMs);
        meter.stage('judge', judged.judgeMs);
        meter.batch(judged.figures);

        await deliveries.start(judged.delivery);
        await cuts.whenDue(stop);
      }
      if (failure !== undefined) throw failure.error;
      if (parts.finite && !stop.aborted) {
        engine.finish();
        await deliveries.start({ ...engine.drain(), events: [], deadLetters: [] });
      }
      await cuts.now();
    } finally {
      clearInterval(timer);
      stop.removeEventListener('abort', closeSource);
      await source.close();
    }
  }

  return {
    run,
    problems: () => [...pulse.problems(), ...sinks.flatMap((sink) => sink.problem() ?? [])],
  };
}
