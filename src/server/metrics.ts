import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { type Alert, changeDetector } from '../../schemas/alert.ts';
import { deadLetterReasons } from '../../schemas/dead-letter.ts';
import type { EngineFigures } from '../engine/engine.types.ts';
import {
  fixedLabelValues,
  type LabelName,
  type LabelsOf,
  type MetricName,
  metricPrefix,
  metricTable,
} from './metric-table.ts';
import { toOpenMetrics } from './open-metrics.ts';

export interface MetricsOptions {
  readonly version: string;
  /** Ids of the built-in formats and detectors: the closed sets of these labels. */
  readonly formats: readonly string[];
  readonly detectors: readonly string[];
  /** A partition of Kafka is a label; of every other source it could be a path and is not. */
  readonly source: 'kafka' | 'file' | 'http' | 'stdin';
  /** Default metrics of the process; off in tests. */
  readonly processMetrics?: boolean | undefined;
}

export interface Metrics {
  increment<N extends MetricName<'counter'>>(name: N, labels: LabelsOf<N>, by?: number): void;
  /** For a counter that is kept elsewhere: brings the metric up to that total. */
  raiseTo<N extends MetricName<'counter'>>(name: N, labels: LabelsOf<N>, total: number): void;
  set<N extends MetricName<'gauge'>>(name: N, labels: LabelsOf<N>, value: number): void;
  observe<N extends MetricName<'histogram'>>(name: N, labels: LabelsOf<N>, value: number): void;
  /** Incidents, alert states and their evidence. */
  countAlerts(alerts: readonly Alert[]): void;
  /** `nowMs`: the wall clock, for the lag of the event clocks. */
  updateFromFigures(figures: EngineFigures, nowMs: number): void;
  text(form: 'prometheus' | 'openmetrics'): Promise<string>;
}

/** Below this share of events a detector sees too little to be relied on. */
const blindBelow = 0.01;
/** Partitions shown one by one; a larger topic's rest is folded into `other`. */
const partitionsMax = 1024;
const incidentsRemembered = 10_000;

/** A registry of its own with every metric of the table. */
export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  for (const { name, labels, help, ...definition } of metricTable) {
    const common = { name: metricPrefix + name, help, labelNames: labels, registers: [registry] };
    if (definition.type === 'counter') counters.set(name, new Counter(common));
    else if (definition.type === 'gauge') gauges.set(name, new Gauge(common));
    else histograms.set(name, new Histogram({ ...common, buckets: [...definition.buckets] }));
  }
  if (options.processMetrics !== false) collectDefaultMetrics({ register: registry });

  const allowed = new Map<string, Set<string>>(
    Object.entries({
      ...fixedLabelValues,
      format: options.formats,
      detector: [...options.detectors, changeDetector],
      version: [options.version],
      node: [process.version],
    }).map(([label, values]) => [label, new Set<string>(values)]),
  );
  const partitions = new Set<string>();
  const tables = new Set<string>();
  const skips = new Set<string>();
  const totals = new Map<string, number>();
  const incidents = new Set<string>();

  /** The last gate before a value becomes a label; what is not known becomes `other`. */
  function guard(label: string, value: string): string {
    if (label === 'partition') return bounded(partitions, value, kafkaPartition, partitionsMax);
    if (label === 'why') return bounded(skips, value, sentence, 64);
    if (label === 'table') return bounded(tables, value, tableName, 64);
    return allowed.get(label as LabelName)?.has(value) === true ? value : 'other';
  }

  function guarded(labels: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, guard(label, value)]));
  }

  const partitionLabel = (partition: string) => (options.source === 'kafka' ? partition : options.source);
  for (const kind of ['file', 'http', 'stdin']) if (options.source === kind) partitions.add(kind);

  const metrics: Metrics = {
    increment: (name, labels, by = 1) => counters.get(name)?.inc(guarded(labels), by),
    raiseTo(name, labels, total) {
      const key = `${name} ${JSON.stringify(guarded(labels))} ${JSON.stringify(labels)}`;
      const before = totals.get(key) ?? 0;
      totals.set(key, total);
      // A smaller total is a counter that began anew.
      const by = total >= before ? total - before : total;
      if (by > 0 || before === 0) counters.get(name)?.inc(guarded(labels), by);
    },
    set: (name, labels, value) => gauges.get(name)?.set(guarded(labels), value),
    observe: (name, labels, value) => histograms.get(name)?.observe(guarded(labels), value),
    countAlerts(alerts) {
      for (const alert of alerts) {
        const { id, family, severity, state } = alert;
        const simulated = String(alert.simulated);
        metrics.increment('alerts_total', { family, severity, state, simulated });
        if (incidents.has(id)) continue;
        incidents.add(id);
        for (const oldest of incidents) {
          if (incidents.size <= incidentsRemembered) break;
          incidents.delete(oldest);
        }
        metrics.increment('incidents_total', { detector: strongest(alert), family, severity, simulated });
        for (const piece of alert.evidence)
          metrics.observe('evidence_score', { family: piece.family }, piece.bits);
      }
    },
    updateFromFigures(figures, nowMs) {
      metrics.set('credentials', {}, figures.credentials);
      metrics.set('credential_record_bytes', {}, figures.bytesPerCredential);
      metrics.raiseTo('credentials_evicted_total', { reason: 'idle' }, figures.evictedIdle);
      metrics.raiseTo('credentials_evicted_total', { reason: 'full' }, figures.evictedFull);
      metrics.raiseTo('credentials_inherited_total', {}, figures.inherited);
      metrics.raiseTo('changes_withheld_total', {}, figures.changesWithheld);
      for (const [table, total] of figures.tableEvictions)
        metrics.raiseTo('table_evictions_total', { table }, total);
      for (const [detector, total] of figures.findings)
        metrics.raiseTo('findings_total', { detector }, total);
      metrics.set('incidents_open', {}, figures.incidentsOpen);
      metrics.set('alert_threshold_score', {}, figures.thresholdBits);
      metrics.set('budget_asked_alerts_per_day', {}, figures.alertsPerDayAsked);
      metrics.set('budget_delivered_alerts_per_day', {}, figures.alertsPerDayDelivered);
      const lagByPartition = new Map<string, number>();
      for (const [partition, { watermarkMs }] of figures.clocks) {
        const label = partitionLabel(partition);
        const lag = Math.max(0, (nowMs - watermarkMs) / 1000);
        lagByPartition.set(label, Math.max(lag, lagByPartition.get(label) ?? 0));
      }
      for (const [partition, lag] of lagByPartition)
        metrics.set('event_time_lag_seconds', { partition }, lag);
      for (const [detector, ratio] of figures.coverage) {
        metrics.set('detector_coverage_ratio', { detector }, ratio);
        metrics.set('detector_blind', { detector }, ratio < blindBelow ? 1 : 0);
      }
    },
    async text(form) {
      const text = await registry.metrics();
      return form === 'openmetrics' ? toOpenMetrics(text) : text;
    },
  };
  // Series that exist from the start: an alerting rule cannot see the first step of a new one.
  for (const reason of deadLetterReasons) metrics.increment('decode_failures_total', { reason }, 0);
  for (const reason of ['idle', 'full']) metrics.increment('credentials_evicted_total', { reason }, 0);
  for (const detector of options.detectors) metrics.increment('findings_total', { detector }, 0);
  metrics.set('build_info', { version: options.version, node: process.version }, 1);
  return metrics;
}

/** Topic names as Kafka allows them, so no address with a port and no path. */
const kafkaPartition = /^[A-Za-z0-9._-]{1,249}\/\d{1,6}$/;
/** Reasons to skip a line are written in the formats, none comes from a line. */
const sentence = /^[ -~]{1,160}$/;
const tableName = /^[a-z][a-z0-9-]{0,40}$/;

function bounded(known: Set<string>, value: string, shape: RegExp, max: number): string {
  if (known.has(value)) return value;
  if (known.size >= max || !shape.test(value)) return 'other';
  known.add(value);
  return value;
}

function strongest(alert: Alert): string {
  const best = alert.evidence.reduce<Alert['evidence'][number] | undefined>(
    (top, piece) => (top === undefined || piece.bits > top.bits ? piece : top),
    undefined,
  );
  return best?.detector ?? alert.detectors[0] ?? 'other';
}
