import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { vi } from 'vitest';
import { freePort, type Program, startProgram } from '../../support/real-program.ts';

export interface Prometheus {
  readonly url: string;
  /** Instant query; the series with their values. */
  query(expression: string): Promise<{ labels: Readonly<Record<string, string>>; value: number }[]>;
  /** Alerts of the rules, by name, that are pending or firing now. */
  alerts(): Promise<{ name: string; state: string }[]>;
  stop(): Promise<void>;
}

/**
 * The configuration and the rules of deploy/prometheus as they are, but for the places of others and a
 * scrape every second.
 */
export async function startPrometheus(
  folder: string,
  targets: { readonly bearerwatch: string; readonly alertmanager: string },
): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true });
  const listen = `127.0.0.1:${await freePort()}`;
  const source = 'deploy/prometheus/prometheus.yml';
  const config = readFileSync(source, 'utf8')
    .replace('rules/*.yml', join(resolve(dirname(source)), 'rules/*.yml'))
    .replace('alertmanager:9093', targets.alertmanager)
    .replace('bearerwatch:9711', targets.bearerwatch)
    .replace('localhost:9090', listen)
    .replaceAll(/(scrape|evaluation)_interval: 15s/g, '$1_interval: 1s');
  writeFileSync(join(folder, 'prometheus.yml'), config);
  const program: Program = startProgram('prometheus', [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${listen}`,
  ]);
  const url = `http://${listen}`;
  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`);
    if (!answer.ok) throw new Error(`Prometheus answered ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { data: unknown }).data;
  };
  await vi.waitFor(async () => void (await get('/api/v1/status/runtimeinfo')), {
    timeout: 30_000,
    interval: 200,
  });
  return {
    url,
    async query(expression) {
      const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async alerts() {
      const { alerts } = (await get('/api/v1/alerts')) as {
        alerts: { labels: Record<string, string>; state: string }[];
      };
      return alerts.map(({ labels, state }) => ({ name: labels['alertname'] ?? '', state }));
    },
    stop: () => program.stop(),
  };
}
