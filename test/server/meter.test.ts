import { describe, expect, it } from 'vitest';
import { meterOf, updateFromSinks } from '../../src/server/meter.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { alertByFamily } from '../fixtures/alerts.ts';

function metrics() {
  return createMetrics({
    version: '1',
    formats: ['envoy'],
    detectors: [],
    source: 'kafka',
    processMetrics: false,
  });
}

describe('meterOf()', () => {
  it('turns a batch into counters, with outcomes in label form', async () => {
    const page = metrics();
    meterOf(page, () => 5000).batch({
      records: 10,
      bytes: 7000,
      skipped: 1,
      repeated: 2,
      events: new Map([['envoy', new Map([['on-time', 6] as const, ['failed', 1] as const])]]),
      refused: new Map([['not-json', 2]]),
      alerts: [alertByFamily.replay],
      delaySamplesMs: [1500, -20],
    });
    const text = await page.text('prometheus');
    for (const line of [
      'bearerwatch_records_total 10',
      'bearerwatch_record_bytes_total 7000',
      'bearerwatch_events_total{format="envoy",outcome="on_time"} 6',
      'bearerwatch_events_total{format="envoy",outcome="failed"} 1',
      'bearerwatch_decode_failures_total{reason="not-json"} 2',
      'bearerwatch_event_delay_seconds_sum 1.5',
      'bearerwatch_event_delay_seconds_count 2',
      'bearerwatch_last_batch_timestamp_seconds 5',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });
});

describe('updateFromSinks()', () => {
  it('shows what waits, what was lost and who is unwell', async () => {
    const page = metrics();
    const figures = { waiting: 3, retries: 4, failures: 5, lostAlerts: 1, problem: 'webhook x answered 500' };
    updateFromSinks(page, new Map([['webhook', figures]]));
    updateFromSinks(page, new Map([['webhook', { ...figures, retries: 6, problem: undefined }]]));
    const lines = (await page.text('prometheus')).split('\n');
    expect(lines).toContain('bearerwatch_sink_retries_total{sink="webhook"} 6');
    expect(lines).toContain('bearerwatch_sink_alerts_lost_total{sink="webhook"} 1');
    expect(lines).toContain('bearerwatch_sink_healthy{sink="webhook"} 1');
  });
});
