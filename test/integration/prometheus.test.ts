import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { serverConfig } from '../../schemas/config/server.ts';
import { createRecentAlerts } from '../../src/alerting/recent-alerts.ts';
import { createMetrics, type Metrics } from '../../src/server/metrics.ts';
import { type RunningServer, startServer } from '../../src/server/server.ts';
import { alertFixtures } from '../fixtures/alerts.ts';
import { describeWith, freePort, type Program, startProgram } from '../support/real-program.ts';

const token = 'token-of-the-scrape-test';

describeWith(['prometheus'], '/metrics with a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-prometheus-'));
  let server: RunningServer;
  let metrics: Metrics;
  let program: Program;
  let url = '';

  async function query(
    expression: string,
  ): Promise<{ metric: Record<string, string>; value: [number, string] }[]> {
    const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return ((await answer.json()) as { data: { result: [] } }).data.result;
  }

  beforeAll(async () => {
    metrics = createMetrics({
      version: '0.1.0',
      formats: ['envoy'],
      detectors: ['parallel-use'],
      source: 'kafka',
    });
    metrics.countAlerts(alertFixtures);
    metrics.increment('events_total', { format: 'envoy', outcome: 'on_time' }, 41);
    const nothing = () => [];
    server = await startServer(serverConfig.parse({ port: 0, token }), {
      metrics,
      alerts: createRecentAlerts(),
      version: '0.1.0',
      simulated: false,
      problems: nothing,
      notReady: nothing,
      coverage: nothing,
      refresh: () => {},
      onError: (error) => {
        throw error;
      },
    });
    const listen = `127.0.0.1:${await freePort()}`;
    url = `http://${listen}`;
    writeFileSync(join(folder, 'token'), token);
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `scrape_configs:
  - job_name: bearerwatch
    scrape_interval: 1s
    authorization: {credentials_file: ${join(folder, 'token')}}
    static_configs: [{targets: ["${new URL(server.url).host}"]}]
`,
    );
    program = startProgram('prometheus', [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${listen}`,
    ]);
  });

  afterAll(async () => {
    await program.stop();
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is scraped with the token, and counters, histograms and labels arrive', async () => {
    await vi.waitFor(async () => expect((await query('up'))[0]?.value[1]).toBe('1'), {
      timeout: 25_000,
      interval: 250,
    });
    const [events] = await query('bearerwatch_events_total{format="envoy",outcome="on_time"}');
    expect(events?.value[1]).toBe('41');
    const incidents = await query('sum by (family) (bearerwatch_incidents_total)');
    expect(incidents.map(({ metric }) => metric['family']).toSorted()).toEqual([
      'lifecycle',
      'out-of-pattern',
      'replay',
      'scraping',
    ]);
    const [median] = await query('histogram_quantile(0.5, sum by (le) (bearerwatch_evidence_score_bucket))');
    expect(Number(median?.value[1])).toBeGreaterThan(8);
    expect((await query('scrape_samples_scraped'))[0]?.value[1]).not.toBe('0');
  });
});
