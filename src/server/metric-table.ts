import { alertStates, families, severities } from '../../schemas/alert.ts';
import { deadLetterReasons } from '../../schemas/dead-letter.ts';

/**
 * Every metric, in one table: the registry and the reference page are made from it. Labels take
 * values of closed sets only; never a credential, an address or a path. Scores are in bits of
 * evidence, but their names do not end so: in Prometheus names `bits` means an amount of data.
 */
export const metricTable = [
  counter(
    'events_total',
    ['format', 'outcome'],
    'Usage events, by log format and by what happened to their time.',
  ),
  counter('decode_failures_total', ['reason'], 'Records no format could decode, by reason.'),
  counter('records_total', [], 'Records read from the source.'),
  counter('record_bytes_total', [], 'Bytes of the records read from the source.'),
  counter('records_repeated_total', [], 'Records read again after a restart and left out.'),
  counter(
    'records_skipped_total',
    ['why'],
    'Lines understood but of no interest, such as control messages, by why in the words of the format.',
  ),
  counter('redactions_total', [], 'Secrets found by the last sweep over decoded text and removed.'),
  counter(
    'source_partitions_started_over_total',
    [],
    'Partitions read from their beginning because their topic was deleted and made anew.',
  ),
  gauge('source_lag_records', ['partition'], 'Records in the source that have not been read yet.'),
  gauge('event_time_lag_seconds', ['partition'], 'How far the event clock is behind the wall clock.'),
  histogram(
    'event_delay_seconds',
    [],
    'Time from the request to the arrival of its log record.',
    [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400],
  ),
  gauge('last_batch_timestamp_seconds', [], 'When the last batch of records went through, Unix time.'),
  gauge('last_checkpoint_timestamp_seconds', [], 'When state and positions were last saved, Unix time.'),
  gauge('checkpoint_entries', [], 'Entries written by the last checkpoint.'),
  gauge('checkpoint_bytes', [], 'Bytes written by the last checkpoint.'),
  gauge('credential_record_bytes', [], 'Fixed size of one baseline.'),
  gauge('credentials', [], 'Credentials with a baseline in memory.'),
  counter(
    'credentials_evicted_total',
    ['reason'],
    'Baselines dropped because they were idle or memory was full.',
  ),
  counter(
    'credentials_inherited_total',
    [],
    "Credentials that go on with a predecessor's baseline: rotated keys.",
  ),
  counter(
    'changes_withheld_total',
    [],
    'Common changes that were not told when they could have been, because too many were that day.',
  ),
  counter('table_evictions_total', ['table'], 'Entries dropped for room, by shared table.'),
  counter(
    'findings_total',
    ['detector'],
    'Pieces of evidence that contributed to an incident, and violations.',
  ),
  counter(
    'incidents_total',
    ['detector', 'family', 'severity', 'simulated'],
    'Incidents raised, by strongest detector.',
  ),
  counter(
    'alerts_total',
    ['family', 'severity', 'state', 'simulated'],
    'Alert states handed to the sinks; an incident gives one per change.',
  ),
  gauge('incidents_open', [], 'Incidents that are firing.'),
  gauge('alert_threshold_score', [], 'Score in bits from which a behavioural alert is raised.'),
  gauge('budget_asked_alerts_per_day', [], 'Behavioural alerts a day asked for by the configuration.'),
  gauge('budget_delivered_alerts_per_day', [], 'Behavioural alerts a day delivered of late.'),
  histogram(
    'evidence_score',
    ['family'],
    'Bits of each piece of evidence in raised incidents.',
    [1, 2, 4, 8, 12, 16, 24, 32, 48, 64],
  ),
  histogram(
    'stage_duration_seconds',
    ['stage'],
    'Time one batch spent in a stage.',
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  ),
  gauge('sink_queue_deliveries', ['sink'], 'Deliveries waiting for a sink.'),
  counter('sink_retries_total', ['sink'], 'Attempts repeated after a failure.'),
  counter('sink_failures_total', ['sink'], 'Attempts that failed.'),
  counter('sink_alerts_lost_total', ['sink'], 'Alerts a best-effort sink could not take and gave up.'),
  gauge('sink_healthy', ['sink'], '1 when the sink takes deliveries, 0 when it reports a problem.'),
  gauge(
    'detector_coverage_ratio',
    ['detector'],
    'Share of recent events that carry what the detector needs.',
  ),
  gauge('detector_blind', ['detector'], '1 when hardly any event carries what the detector needs.'),
  gauge('build_info', ['version', 'node'], 'Always 1; says which version runs.'),
] as const;

export type MetricDefinition = (typeof metricTable)[number];
export type MetricName<T extends MetricDefinition['type']> = Extract<MetricDefinition, { type: T }>['name'];
export type LabelName = MetricDefinition['labels'][number];
export type LabelsOf<N extends MetricDefinition['name']> = Extract<
  MetricDefinition,
  { name: N }
>['labels'][number] extends infer L extends string
  ? Readonly<Record<L, string>>
  : never;

export const stages = ['read', 'decode', 'judge', 'deliver', 'checkpoint'] as const;
export const sinkNames = [
  'clickhouse',
  'stdout',
  'alertmanager',
  'webhook',
  'kafka',
  'dead-letter',
  'memory',
] as const;

/** Label values known when the program is built; the others come with the configuration. */
export const fixedLabelValues = {
  outcome: ['on_time', 'late', 'refused', 'duplicate', 'failed'],
  reason: [...deadLetterReasons, 'idle', 'full'],
  family: families,
  severity: severities,
  state: alertStates,
  simulated: ['true', 'false'],
  stage: stages,
  sink: sinkNames,
} as const satisfies Partial<Record<LabelName, readonly string[]>>;

export const metricPrefix = 'bearerwatch_';

/** For the reference page. */
export function metricReference(): { name: string; type: string; help: string; labels: string[] }[] {
  return metricTable.map(({ name, type, help, labels }) => ({
    name: metricPrefix + name,
    type,
    help,
    labels: [...labels],
  }));
}

function counter<const N extends `${string}_total`, const L extends readonly string[]>(
  name: N,
  labels: L,
  help: string,
) {
  return { name, type: 'counter', labels, help } as const;
}

function gauge<const N extends string, const L extends readonly string[]>(name: N, labels: L, help: string) {
  return { name, type: 'gauge', labels, help } as const;
}

function histogram<const N extends string, const L extends readonly string[]>(
  name: N,
  labels: L,
  help: string,
  buckets: readonly number[],
) {
  return { name, type: 'histogram', labels, help, buckets } as const;
}
