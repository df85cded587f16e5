import type { Alert } from '../../schemas/alert.ts';
import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import type { TimeVerdict } from '../engine/engine.types.ts';

export const stages = ['read', 'decode', 'judge', 'deliver', 'checkpoint'] as const;
export type Stage = (typeof stages)[number];

/** What one batch amounted to. Keys are from closed lists: each may be a metric label. */
export interface BatchFigures {
  readonly records: number;
  readonly bytes: number;
  /** Understood, but of no interest. */
  readonly skipped: number;
  /** Read again after a restart although the restored state holds them already. */
  readonly repeated: number;
  /** Events by format, then by what became of them. */
  readonly events: ReadonlyMap<string, ReadonlyMap<TimeVerdict | 'failed', number>>;
  readonly refused: ReadonlyMap<DeadLetterReason, number>;
  readonly alerts: readonly Alert[];
  /** Time from request to arrival, of some events of the batch. */
  readonly delaySamplesMs: readonly number[];
}

/** Told what happens, for metrics and progress; must not throw. */
export interface PipelineMeter {
  batch(figures: BatchFigures): void;
  /** `durationMs` of one batch in one stage. */
  stage(stage: Stage, durationMs: number): void;
  checkpoint(figures: { readonly entries: number; readonly bytes: number }): void;
}

export const noMeter: PipelineMeter = { batch() {}, stage() {}, checkpoint() {} };
