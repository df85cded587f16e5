import type { Alert } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import type { Position } from '../../schemas/position.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Deployment } from './deployment.ts';
import type { Detector } from './detector.ts';
import type { MemorySizes } from './shared-memory.ts';

/** What happened to one event's time. Late events are learnt and counted; refused ones and
 * repeated deliveries of one request are neither judged nor learnt. */
export type TimeVerdict = 'on-time' | 'late' | 'refused' | 'duplicate';

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
  /** Credentials that go on with a predecessor's record since the start: rotated keys. */
  readonly inherited: number;
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
  /** Common changes that were not told when they could have been, because too many were that day. */
  readonly changesWithheld: number;
  /** Fixed size of a credential's record. */
  readonly bytesPerCredential: number;
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
  /** Takes over what people declare and the budget, keeping everything learnt. */
  reconfigure(deployment: Deployment, alertsPerDay: number): void;
  /** Writes what changed since the last call; together the writes restore this state. */
  checkpoint(writer: CheckpointWriter): void;
  /** Fills an empty engine. Throws when the entries are of another layout; the message says what to do. */
  restore(entries: Iterable<readonly [key: string, value: Uint8Array]>): void;
}

/** A credential-hour as the score saw it: for training, evaluation and comparison with other scorers. */
export interface HourTrace {
  readonly credentialId: string;
  readonly credentialType: string;
  /** Hours since the epoch. */
  readonly hour: number;
  /** `close`: the hour is complete. `running`: measured with another event of the hour. */
  readonly moment: 'close' | 'running';
  readonly events: number;
  /** Active hours learnt before this one. */
  readonly activeHours: number;
  /** Raw feature values, in the order of `featureNames`. Reused: copy what is kept. */
  readonly raw: Float64Array;
  /** Residuals in standard deviations, same order. Reused: copy what is kept. */
  readonly residuals: Float64Array;
  readonly scoreBits: number;
  readonly timeMs: number;
}

export interface EngineOptions {
  readonly detectors: readonly Detector[];
  readonly model: Model;
  /** Options of violation detectors by id; missing ones take their defaults. */
  readonly detectorOptions?: Readonly<Record<string, unknown>>;
  readonly deployment: Deployment;
  readonly alertsPerDay: number;
  readonly resolveAfterMs: number;
  readonly allowedLatenessMs: number;
  readonly maxAheadMs: number;
  readonly maxCredentials: number;
  readonly idleEvictionMs: number;
  readonly sizes: MemorySizes;
  /** Emit one score line per closed credential-hour. */
  readonly scores: boolean;
  readonly simulated: boolean;
  readonly runbookBase: string;
  readonly trace?: (hour: HourTrace) => void;
}
