import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { httpReceiver } from '../../sinks/http-receiver.ts';
import { freePort, startProgram } from '../../support/real-program.ts';

export interface Told {
  /** The receiver's name in the routing tree: pager, daytime, simulated. */
  readonly receiver: string;
  readonly status: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Alertmanager {
  readonly url: string;
  /** Every alert in every message that the webhooks behind it have received. */
  told(): Told[];
  stop(): Promise<void>;
}

/** The routing of deploy/alertmanager as it is, but for the receivers' address and shorter waits. */
export async function startAlertmanager(folder: string): Promise<Alertmanager> {
  mkdirSync(folder, { recursive: true });
  const webhooks = await httpReceiver();
  const listen = `127.0.0.1:${await freePort()}`;
  const config = readFileSync('deploy/alertmanager/alertmanager.yml', 'utf8')
    .replaceAll('http://receiver:8080', webhooks.url)
    .replaceAll(/group_wait: \d+s/g, 'group_wait: 1s')
    .replaceAll(/group_interval: \w+/g, 'group_interval: 1s');
  writeFileSync(join(folder, 'alertmanager.yml'), config);
  const program = startProgram('prometheus-alertmanager', [
    `--config.file=${join(folder, 'alertmanager.yml')}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${listen}`,
    '--cluster.listen-address=',
  ]);
  const url = `http://${listen}`;
  await vi.waitFor(
    async () => {
      if (!(await fetch(`${url}/-/ready`)).ok) throw new Error('not ready');
    },
    { timeout: 30_000, interval: 200 },
  );
  return {
    url,
    told: () =>
      webhooks.received.flatMap(({ path, body }) =>
        (JSON.parse(body) as { alerts: Omit<Told, 'receiver'>[] }).alerts.map((alert) => ({
          ...alert,
          receiver: path.slice(1),
        })),
      ),
    async stop() {
      await program.stop();
      await webhooks.close();
    },
  };
}
