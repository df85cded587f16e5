import type { DeadLetter, DeadLetterReason } from '../../schemas/dead-letter.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { DecodedBatch } from '../decode/decoded.ts';
import type { Engine, TimeVerdict } from '../engine/engine.types.ts';
import type { Delivery } from '../sinks/sink.ts';
import type { Batch, BatchOutcome, RawRecord } from '../sources/source.ts';
import type { BatchFigures } from './meter.ts';
import type { Places } from './places.ts';

export interface JudgeParts {
  readonly engine: Engine;
  readonly places: Pick<Places, 'isNew' | 'startOver'>;
  /** Events are handed on only when a sink stores them. */
  readonly keepEvents: boolean;
  /** Milliseconds, monotonic; for durations only. */
  readonly clock: () => number;
}

export interface Judged {
  readonly delivery: Delivery;
  readonly figures: BatchFigures;
  readonly decodeMs: number;
  readonly judgeMs: number;
}

/** Enough for the shape of the delay without a histogram update for every event. */
const delaySamples = 16;
/**
 * Events made before they are judged. Turn about for every record, decoder and engine push each other's
 * code and tables out of the processor's caches; of many more at once the garbage collector makes copies.
 */
const decodedAhead = 1000;

/**
 * Takes the decoded events of one batch and judges them without a pause, so that a checkpoint never sees half
 * of one. No record stops it: what fails inside becomes a dead letter.
 */
export function judge(
  { records, startsOver = [] }: Batch,
  decodedBatch: DecodedBatch,
  parts: JudgeParts,
): Judged {
  const { engine, clock, places } = parts;
  places.startOver(startsOver);
  const events: UsageEvent[] = [];
  const deadLetters: DeadLetter[] = [];
  const outcomes = new Map<string, Map<TimeVerdict | 'failed', number>>();
  const delaySamplesMs: number[] = [];
  let bytes = 0;
  let skipped = 0;
  let repeated = 0;
  let decodeMs = decodedBatch.besideMs;
  let judgeMs = 0;

  for (let next = 0; next < records.length; ) {
    const startedMs = clock();
    const waiting: UsageEvent[] = [];
    const recordOf: RawRecord[] = [];
    const end = next + decodedAhead;
    for (; next < records.length && next < end && waiting.length < decodedAhead; next += 1) {
      const record = records[next] as RawRecord;
      bytes += record.value.byteLength;
      if (!places.isNew(record)) {
        repeated++;
        continue;
      }
      if (record.unreadable !== undefined) {
        deadLetters.push(letterOf(record, record.unreadable));
        continue;
      }
      const decoded = decodedBatch.of(next);
      skipped += decoded.skipped;
      for (const letter of decoded.refused) deadLetters.push(letter);
      for (const event of decoded.events) {
        waiting.push(event);
        recordOf.push(record);
      }
    }
    const decodedMs = clock();
    decodeMs += decodedMs - startedMs;
    for (let n = 0; n < waiting.length; n += 1) {
      const event = waiting[n] as UsageEvent;
      const record = recordOf[n] as RawRecord;
      let outcome: TimeVerdict | 'failed';
      try {
        outcome = engine.process(event, record.ingestTimeMs, record.partition, record.at);
      } catch (error) {
        outcome = 'failed';
        deadLetters.push(failed(record, error));
      }
      if (delaySamplesMs.length < delaySamples) delaySamplesMs.push(record.ingestTimeMs - event.timestampMs);
      count(outcomes, event.gatewayType, outcome);
      if (parts.keepEvents) events.push(event);
    }
    judgeMs += clock() - decodedMs;
  }

  const { alerts, scores } = engine.drain();
  return {
    delivery: { alerts, scores, events, deadLetters },
    figures: {
      records: records.length,
      bytes,
      skipped,
      repeated,
      events: outcomes,
      refused: reasons(deadLetters),
      alerts,
      delaySamplesMs,
    },
    decodeMs,
    judgeMs,
  };
}

/** What the sender of a batch may want to hear. */
export function outcomeOf({ delivery, figures }: Judged): BatchOutcome {
  let events = 0;
  let aheadOfTime = 0;
  for (const became of figures.events.values())
    for (const [verdict, many] of became) {
      if (verdict === 'refused') aheadOfTime += many;
      else if (verdict !== 'failed') events += many;
    }
  return { events, skipped: figures.skipped, aheadOfTime, refused: delivery.deadLetters };
}

/** A fault of ours; the record is set aside so that it does not stop every start at the same place. */
function failed(record: RawRecord, error: unknown): DeadLetter {
  const why = error instanceof Error ? error.message : String(error);
  return letterOf(record, {
    reason: 'internal-error',
    detail: `judging failed: ${why}; please report it`,
  });
}

function letterOf(record: RawRecord, why: Pick<DeadLetter, 'reason' | 'detail'>): DeadLetter {
  return {
    ...why,
    at: record.at,
    ingestTimeMs: record.ingestTimeMs,
    excerpt: '',
    bytes: record.value.byteLength,
  };
}

function count<V>(table: Map<string, Map<V, number>>, key: string, value: V): void {
  let row = table.get(key);
  if (row === undefined) {
    row = new Map();
    table.set(key, row);
  }
  row.set(value, (row.get(value) ?? 0) + 1);
}

function reasons(letters: readonly DeadLetter[]): ReadonlyMap<DeadLetterReason, number> {
  const counts = new Map<DeadLetterReason, number>();
  for (const { reason } of letters) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts;
}
