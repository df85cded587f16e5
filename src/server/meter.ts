import type { PipelineMeter } from '../pipeline/meter.ts';
import type { FanOutFigures } from '../sinks/deliver.ts';
import type { Metrics } from './metrics.ts';

/** Turns what the pipeline tells into metrics, a batch at a time. */
export function meterOf(metrics: Metrics, nowMs: () => number = Date.now): PipelineMeter {
  return {
    batch(figures) {
      metrics.increment('records_total', {}, figures.records);
      metrics.increment('record_bytes_total', {}, figures.bytes);
      metrics.increment('records_repeated_total', {}, figures.repeated);
      for (const [format, byOutcome] of figures.events) {
        for (const [outcome, count] of byOutcome) {
          metrics.increment('events_total', { format, outcome: outcome.replaceAll('-', '_') }, count);
        }
      }
      for (const [reason, count] of figures.refused)
        metrics.increment('decode_failures_total', { reason }, count);
      for (const delayMs of figures.delaySamplesMs)
        metrics.observe('event_delay_seconds', {}, Math.max(0, delayMs / 1000));
      metrics.countAlerts(figures.alerts);
      metrics.set('last_batch_timestamp_seconds', {}, nowMs() / 1000);
    },
    stage: (stage, durationMs) => metrics.observe('stage_duration_seconds', { stage }, durationMs / 1000),
    checkpoint({ entries, bytes }) {
      metrics.set('checkpoint_entries', {}, entries);
      metrics.set('checkpoint_bytes', {}, bytes);
      metrics.set('last_checkpoint_timestamp_seconds', {}, nowMs() / 1000);
    },
  };
}

/** Brings the sinks' numbers up to date; call before the page is read. */
export function updateFromSinks(metrics: Metrics, figures: ReadonlyMap<string, FanOutFigures>): void {
  for (const [sink, { waiting, retries, failures, lostAlerts, problem }] of figures) {
    metrics.set('sink_queue_deliveries', { sink }, waiting);
    metrics.raiseTo('sink_retries_total', { sink }, retries);
    metrics.raiseTo('sink_failures_total', { sink }, failures);
    metrics.raiseTo('sink_alerts_lost_total', { sink }, lostAlerts);
    metrics.set('sink_healthy', { sink }, problem === undefined ? 1 : 0);
  }
}
