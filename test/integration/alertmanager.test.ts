import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { alertmanagerConfig } from '../../schemas/config/alertmanager.ts';
import { createAlertmanagerSink } from '../../src/sinks/alertmanager.ts';
import type { Delivery } from '../../src/sinks/sink.ts';
import { alertByFamily, hostileAlert, resolved } from '../fixtures/alerts.ts';
import { httpReceiver } from '../sinks/http-receiver.ts';
import { describeWith, freePort, type Program, startProgram } from '../support/real-program.ts';

const never = new AbortController().signal;

function delivery(alerts: Delivery['alerts']): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

interface Notification {
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

describeWith(['prometheus-alertmanager'], 'createAlertmanagerSink() with a real Alertmanager', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-alertmanager-'));
  let receiver: Awaited<ReturnType<typeof httpReceiver>>;
  let url = '';
  let program: Program;
  let sink: ReturnType<typeof createAlertmanagerSink>;

  /** Every alert the webhook behind Alertmanager was told of. */
  const told = () => receiver.received.flatMap(({ body }) => (JSON.parse(body) as Notification).alerts);
  const start = () => {
    const { host } = new URL(url);
    return startProgram('prometheus-alertmanager', [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${host}`,
      '--cluster.listen-address=',
    ]);
  };
  const isUp = () =>
    vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), {
      timeout: 40_000,
      interval: 100,
    });

  beforeAll(async () => {
    receiver = await httpReceiver();
    url = `http://127.0.0.1:${await freePort()}`;
    writeFileSync(
      join(folder, 'alertmanager.yml'),
      `route: {receiver: hook, group_by: [incident], group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: "${receiver.url}/", send_resolved: true}]}]
`,
    );
    program = start();
    await isUp();
    sink = createAlertmanagerSink(
      alertmanagerConfig.parse({ urls: [url], retryFirstMs: 50, resendIntervalMs: 1000 }),
    );
  });

  afterAll(async () => {
    await sink.close();
    await program.stop();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings a firing alert to a receiver and its end as well, hostile text included', async () => {
    const alerts = [alertByFamily.replay, alertByFamily.scraping, hostileAlert()];
    await sink.deliver(delivery(alerts), never);
    await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(3), {
      timeout: 40_000,
      interval: 100,
    });
    const incidents = told().map(({ status, labels }) => `${status} ${labels['incident']}`);
    for (const { id } of alerts) expect(incidents).toContain(`firing ${id}`);
    await sink.deliver(delivery([resolved(alertByFamily.replay)]), never);
    await vi.waitFor(
      () =>
        expect(told().map(({ status, labels }) => `${status} ${labels['incident']}`)).toContain(
          `resolved ${alertByFamily.replay.id}`,
        ),
      { timeout: 40_000, interval: 100 },
    );
    expect(sink.problem()).toBeUndefined();
  });

  it('delivers after Alertmanager was down', async () => {
    await program.stop();
    const alert = { ...alertByFamily.lifecycle, id: 'after-the-outage' };
    const delivered = sink.deliver(delivery([alert]), never);
    await vi.waitFor(() => expect(sink.problem()).toContain('ECONNREFUSED'));
    program = start();
    await delivered;
    await vi.waitFor(() => expect(told().map(({ labels }) => labels['incident'])).toContain(alert.id), {
      timeout: 40_000,
      interval: 100,
    });
  });

  it('keeps an alert firing by sending it again', async () => {
    const endsAt = async () => {
      const answer = await fetch(`${url}/api/v2/alerts?filter=incident=${alertByFamily.scraping.id}`);
      const [alert] = (await answer.json()) as { endsAt: string }[];
      return Date.parse(alert?.endsAt ?? '');
    };
    // After its restart it knows only what it has been told again.
    await vi.waitFor(async () => expect(await endsAt()).toBeGreaterThan(0), {
      timeout: 40_000,
      interval: 100,
    });
    const before = await endsAt();
    await vi.waitFor(async () => expect(await endsAt()).toBeGreaterThan(before), {
      timeout: 40_000,
      interval: 200,
    });
  });
});
