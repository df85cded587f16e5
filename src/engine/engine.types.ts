import type { Alert } from '../../schemas/alert.ts';
import type { Position } from '../../schemas/position.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';

/** What happened to one event's time. Late events are learnt and counted; refused ones are neither judged nor learnt. */
export type TimeVerdict = 'on-time' | 'late' | 'refused';

export interface EngineOutput {
  readonly alerts: readonly Alert[];
  /** One line per closed credential-hour; only when `options.scores` is on. */
  readonly scores: readonly ScoreLine[];
}

/** Numbers for the metrics page; counters only grow. */
export interface EngineFigures {
  readonly credentials: number;
  readonly evictedIdle: number;
  readonly evictedFull: number;
  readonly events: Readonly<Record<TimeVerdict, number>>;
  /** Findings by detector id: an evidence that contributed to an incident, or a violation. */
  readonly findings: ReadonlyMap<string, number>;
  readonly incidentsOpen: number;
  readonly thresholdBits: number;
  readonly alertsPerDayAsked: number;
  readonly alertsPerDayDelivered: number;
  /** By partition: newest event time seen and the watermark, epoch ms. */
  readonly clocks: ReadonlyMap<string, { readonly newestMs: number; readonly watermarkMs: number }>;
  /** Share of recent events that carried what the detector needs, by detector id. */
  readonly coverage: ReadonlyMap<string, number>;
  /** Entries dropped for room, by shared table. */
  readonly tableEvictions: ReadonlyMap<string, number>;
}

export interface CheckpointWriter {
  put(key: string, value: Uint8Array): void;
  remove(key: string): void;
}

/**
 * Judges usage events one at a time: synchronous, no clock, no I/O, no randomness.
 * The same events in the same order give the same output.
 */
export interface Engine {
  process(event: UsageEvent, ingestTimeMs: number, partition: string, at: Position | null): TimeVerdict;
  /** Alerts and scores since the last call. */
  drain(): EngineOutput;
  /** End of a finite input: close every open hour and resolve what can be resolved. */
  finish(): void;
  figures(): EngineFigures;
  /** Writes what changed since the last call; together the writes restore this state. */
  checkpoint(writer: CheckpointWriter): void;
  /** Fills an empty engine. Throws when the entries are of another layout; the message says what to do. */
  restore(entries: Iterable<readonly [key: string, value: Uint8Array]>): void;
}
