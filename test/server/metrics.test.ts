import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { EngineFigures } from '../../src/engine/engine.types.ts';
import { metricReference } from '../../src/server/metric-table.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { prefersOpenMetrics } from '../../src/server/open-metrics.ts';
import { alertByFamily, alertFixtures, hostileAlert, hostileText, later } from '../fixtures/alerts.ts';

const nowMs = Date.UTC(2026, 2, 3, 4);
const detectors = ['parallel-use', 'object-breadth', 'new-operation', 'expired-accepted'];

function figures(parts: Partial<EngineFigures> = {}): EngineFigures {
  return {
    credentials: 12,
    bytesPerCredential: 1800,
    evictedIdle: 1,
    inherited: 1,
    evictedFull: 0,
    changesWithheld: 0,
    events: { 'on-time': 5, late: 1, refused: 0, duplicate: 0 },
    findings: new Map([['parallel-use', 3]]),
    incidentsOpen: 2,
    thresholdBits: 18.2,
    alertsPerDayAsked: 5,
    alertsPerDayDelivered: 4.5,
    clocks: new Map([['gateway-logs/3', { newestMs: nowMs - 1000, watermarkMs: nowMs - 31_000 }]]),
    coverage: new Map([
      ['parallel-use', 0.9],
      ['object-breadth', 0],
    ]),
    tableEvictions: new Map([['token-contexts', 7]]),
    ...parts,
  };
}

function metrics(source: 'kafka' | 'file' = 'kafka') {
  return createMetrics({
    version: '0.1.0',
    formats: ['envoy', 'kong'],
    detectors,
    source,
    processMetrics: false,
  });
}

/** `name{labels}` → value, as a scraper reads it. */
function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const match = /^([a-z_][a-z0-9_]*(?:\{[^{}]*\})?) (\S+)$/.exec(line);
      if (match === null) throw new Error(`not a sample: ${line}`);
      return [match[1] ?? '', Number(match[2])];
    }),
  );
}

describe('createMetrics()', () => {
  it('shows the figures of the engine', async () => {
    const page = metrics();
    page.updateFromFigures(figures(), nowMs);
    const values = samples(await page.text('prometheus'));
    expect(values.get('bearerwatch_credentials')).toBe(12);
    expect(values.get('bearerwatch_findings_total{detector="parallel-use"}')).toBe(3);
    expect(values.get('bearerwatch_event_time_lag_seconds{partition="gateway-logs/3"}')).toBe(31);
    expect(values.get('bearerwatch_table_evictions_total{table="token-contexts"}')).toBe(7);
    expect(values.get('bearerwatch_detector_blind{detector="parallel-use"}')).toBe(0);
    expect(values.get('bearerwatch_detector_blind{detector="object-breadth"}')).toBe(1);
  });

  it('raises counters by what is new, and goes on when the engine began anew', async () => {
    const page = metrics();
    for (const total of [3, 3, 5, 2])
      page.updateFromFigures(figures({ findings: new Map([['parallel-use', total]]) }), nowMs);
    expect(
      samples(await page.text('prometheus')).get('bearerwatch_findings_total{detector="parallel-use"}'),
    ).toBe(7);
  });

  it('shows failures and findings as 0 before the first, so that rules see the first', async () => {
    const values = samples(await metrics().text('prometheus'));
    expect(values.get('bearerwatch_decode_failures_total{reason="not-json"}')).toBe(0);
    expect(values.get('bearerwatch_findings_total{detector="object-breadth"}')).toBe(0);
  });

  it('counts an incident once and each of its states', async () => {
    const page = metrics();
    page.countAlerts([alertByFamily.replay]);
    page.countAlerts([later(alertByFamily.replay, 2), alertByFamily.lifecycle]);
    const values = samples(await page.text('prometheus'));
    expect(
      values.get(
        'bearerwatch_incidents_total{detector="parallel-use",family="replay",severity="critical",simulated="false"}',
      ),
    ).toBe(1);
    expect(
      values.get(
        'bearerwatch_alerts_total{family="replay",severity="critical",state="firing",simulated="false"}',
      ),
    ).toBe(2);
    expect(
      values.get(
        'bearerwatch_incidents_total{detector="expired-accepted",family="lifecycle",severity="high",simulated="true"}',
      ),
    ).toBe(1);
  });

  it('maps every label value outside its closed set to "other"', async () => {
    const page = metrics();
    page.increment('events_total', { format: hostileText, outcome: 'on_time' });
    page.increment('events_total', { format: 'x"} 1\nfake_metric 2', outcome: '10.0.0.1' });
    page.increment('decode_failures_total', { reason: '__proto__' });
    page.set('source_lag_records', { partition: '/var/log/nginx/access.log' }, 4);
    page.set('source_lag_records', { partition: '10.1.2.3:9092/1' }, 4);
    const values = samples(await page.text('prometheus'));
    expect(values.get('bearerwatch_events_total{format="other",outcome="on_time"}')).toBe(1);
    expect(values.get('bearerwatch_events_total{format="other",outcome="other"}')).toBe(1);
    expect(values.get('bearerwatch_decode_failures_total{reason="other"}')).toBe(1);
    expect(values.get('bearerwatch_source_lag_records{partition="other"}')).toBe(4);
  });

  it('says why lines are of no interest, for a bounded number of reasons', async () => {
    const page = metrics();
    page.raiseTo('records_skipped_total', { why: "a line of Caddy's own log, not of a request" }, 3);
    page.raiseTo('records_skipped_total', { why: 'two\nlines' }, 2);
    for (let n = 0; n < 70; n++) page.raiseTo('records_skipped_total', { why: `reason ${n}` }, 1);
    const values = samples(await page.text('prometheus'));
    expect(
      values.get(`bearerwatch_records_skipped_total{why="a line of Caddy's own log, not of a request"}`),
    ).toBe(3);
    // The 63 first reasons have a series of their own.
    expect(values.get('bearerwatch_records_skipped_total{why="other"}')).toBe(2 + 7);
  });

  it('shows the partition of a file source as "file", with the largest lag, never as a path', async () => {
    const page = metrics('file');
    const clocks = new Map([
      ['/logs/a.log', { newestMs: nowMs, watermarkMs: nowMs - 5000 }],
      ['logs/1', { newestMs: nowMs, watermarkMs: nowMs - 9000 }],
    ]);
    page.updateFromFigures(figures({ clocks }), nowMs);
    const text = await page.text('prometheus');
    expect(samples(text).get('bearerwatch_event_time_lag_seconds{partition="file"}')).toBe(9);
    expect(text).not.toContain('logs/');
  });

  it('holds a bounded number of partitions', async () => {
    const page = metrics();
    for (let i = 0; i < 1100; i++) page.set('source_lag_records', { partition: `t/${i}` }, i);
    const shown = [...samples(await page.text('prometheus')).keys()].filter((key) =>
      key.includes('source_lag'),
    );
    expect(shown.length).toBe(1025);
  });

  it('counts common changes under a name of their own, and those that were held back', async () => {
    const page = metrics();
    const evidence = alertByFamily.replay.evidence.map((e) => ({ ...e, detector: 'common-change' }));
    page.countAlerts([{ ...alertByFamily.replay, kind: 'change', evidence }]);
    page.updateFromFigures(figures({ changesWithheld: 4 }), nowMs);
    const text = await page.text('prometheus');
    expect(text).toContain('bearerwatch_incidents_total{detector="common-change",');
    expect(text).toContain('bearerwatch_changes_withheld_total 4');
  });

  it('carries no credential, address or client of any alert', async () => {
    const page = metrics();
    page.countAlerts([...alertFixtures, hostileAlert()]);
    page.updateFromFigures(figures(), nowMs);
    const text = await page.text('openmetrics');
    for (const alert of [...alertFixtures, hostileAlert()]) {
      const { id, name, consumer, owner } = alert.credential;
      for (const secret of [alert.id, id, name, consumer, owner]) {
        if (secret !== null) expect(text).not.toContain(secret);
      }
    }
    expect(text).not.toMatch(/\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/);
  });
});

describe('text()', () => {
  it('gives the same samples in both forms, however often and in whichever order they are asked for', async () => {
    const page = metrics();
    page.countAlerts(alertFixtures);
    page.updateFromFigures(figures(), nowMs);
    const before = await page.text('prometheus');
    const open = await page.text('openmetrics');
    expect(await page.text('prometheus')).toBe(before);
    expect(samples(open)).toEqual(samples(before));
  });

  it('is OpenMetrics where asked: counters declared without _total, closed by # EOF', async () => {
    const open = await metrics().text('openmetrics');
    expect(open).toContain('# TYPE bearerwatch_events counter\n');
    expect(open).not.toMatch(/# TYPE \S*_total /);
    expect(open).not.toContain('\n\n');
    expect(open.endsWith('\n# EOF\n')).toBe(true);
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('passes promtool check metrics', async () => {
    const page = createMetrics({ version: '0.1.0', formats: ['envoy'], detectors, source: 'kafka' });
    page.countAlerts(alertFixtures);
    page.updateFromFigures(figures(), nowMs);
    const text = (await page.text('prometheus'))
      .split('\n\n')
      // Names of the runtime's own metrics are the client library's.
      .filter((block) => block.includes('bearerwatch_'))
      .join('\n\n');
    expect(
      execFileSync('promtool', ['check', 'metrics'], { input: `${text.trimEnd()}\n`, encoding: 'utf8' }),
    ).toBe('');
  });
});

describe('metricReference()', () => {
  it('names every metric with its type, help and labels', () => {
    const reference = metricReference();
    expect(new Set(reference.map(({ name }) => name)).size).toBe(reference.length);
    for (const { name, type, help } of reference) {
      expect(name).toMatch(/^bearerwatch_[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/^.{10,}\.$/);
    }
  });
});

describe('prefersOpenMetrics()', () => {
  it.each([
    [undefined, false],
    ['*/*', false],
    ['text/plain', false],
    ['application/openmetrics-text; version=1.0.0', true],
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9', false],
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
    ['application/openmetrics-text;q=0', false],
  ])('%s: %s', (accept, open) => {
    expect(prefersOpenMetrics(accept)).toBe(open);
  });
});
