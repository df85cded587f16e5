import type { Alert } from '../../schemas/alert.ts';
import { emptyUsageEvent } from '../../schemas/usage-event.ts';
import { decodeHere } from '../../src/decode/decode-here.ts';
import type { MeasuredDecoder } from '../../src/decode/decoded.ts';
import type { Engine, EngineFigures } from '../../src/engine/engine.types.ts';
import { noMeter } from '../../src/pipeline/meter.ts';
import { createPipeline, type PipelineParts } from '../../src/pipeline.ts';
import type { Delivery, Sink } from '../../src/sinks/sink.ts';
import type { Batch, RawRecord, Source } from '../../src/sources/source.ts';
import { openCheckpoint } from '../../src/state/checkpoint.ts';

export const never = new AbortController().signal;
const quiet = { info() {}, warn() {}, error() {} };

/** Words are the records; `batches` are what a reader would hand over. */
export function sourceOf(
  batches: readonly (readonly string[])[],
  log: string[] = [],
  { endless = false } = {},
): Source {
  let offset = 0;
  let close: () => void = () => {};
  const closed = new Promise<void>((resolve) => {
    close = resolve;
  });
  return {
    name: 'words',
    async *[Symbol.asyncIterator]() {
      for (const words of batches) {
        const records = words.map((word): RawRecord => {
          const at = { kind: 'kafka', topic: 't', partition: 0, offset: String(offset++) } as const;
          return { value: Buffer.from(word), at, ingestTimeMs: 1000, partition: 't/0' };
        });
        yield { records, commit: async () => void log.push(`commit ${words.join('+')}`) } satisfies Batch;
      }
      if (endless) await closed;
    },
    close: async () => close(),
  };
}

const decoder: MeasuredDecoder = {
  figures: () => ({ sweepHits: 0, byFormat: new Map(), skippedBy: new Map() }),
  decode: ({ value, at, ingestTimeMs }) => {
    const word = value.toString();
    if (word === 'bad') {
      const refusal = {
        reason: 'not-json',
        detail: 'no',
        at,
        ingestTimeMs,
        excerpt: word,
        bytes: 3,
      } as const;
      return { events: [], refused: [refusal], skipped: 0 };
    }
    return {
      events: [{ ...emptyUsageEvent(), eventId: word, gatewayType: 'word' }],
      refused: [],
      skipped: 0,
    };
  },
};

export const wordStage = decodeHere(decoder);

/** Counts words; the word `alarm` gives an alert, `poison` is a fault inside. */
export function countingEngine() {
  const counts = new Map<string, number>();
  let alerts: Alert[] = [];
  const engine: Engine = {
    process({ eventId }) {
      if (eventId === 'poison') throw new Error('division by zero');
      counts.set(eventId, (counts.get(eventId) ?? 0) + 1);
      if (eventId === 'alarm') alerts.push({ id: `alarm-${counts.get(eventId)}` } as Alert);
      return 'on-time';
    },
    drain() {
      const drained = alerts;
      alerts = [];
      return { alerts: drained, scores: [] };
    },
    reconfigure() {},
    finish: () => void alerts.push({ id: 'closing' } as Alert),
    figures: () => ({}) as EngineFigures,
    checkpoint(writer) {
      for (const [word, count] of counts) writer.put(word, Uint8Array.of(count));
    },
    restore(entries) {
      for (const [word, value] of entries) counts.set(word, value[0]!);
    },
  };
  return { engine, counts };
}

export function sinkOf(
  log: string[],
  deliver: (delivery: Delivery, signal: AbortSignal) => Promise<void> = async () => {},
): Sink {
  return {
    name: 'log',
    async deliver(delivery, signal) {
      await deliver(delivery, signal);
      for (const { id } of delivery.alerts) log.push(`deliver ${id}`);
      for (const { reason, detail } of delivery.deadLetters) log.push(`dead letter ${reason}: ${detail}`);
    },
    problem: () => undefined,
    close: async () => {},
  };
}

export function pipelineOf(parts: Partial<PipelineParts>) {
  return createPipeline({
    source: sourceOf([]),
    decodeStage: wordStage,
    engine: countingEngine().engine,
    sinks: [],
    store: undefined,
    checkpoint: { everyMs: 3_600_000, everyRecords: 1_000_000 },
    keepEvents: false,
    finite: false,
    meter: noMeter,
    logger: quiet,
    clock: () => performance.now(),
    ...parts,
  });
}

export const storeIn = (path: string) =>
  openCheckpoint({ dir: path, version: '1', fingerprint: '', now: () => 0 });
