import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { alertmanagerConfig } from '../../schemas/config/alertmanager.ts';
import { createAlertmanagerSink, type PostedAlert, postedAlert } from '../../src/sinks/alertmanager.ts';
import type { Delivery } from '../../src/sinks/sink.ts';
import { alertByFamily, alertFixtures, hostileAlert, resolved } from '../fixtures/alerts.ts';
import { httpReceiver } from './http-receiver.ts';

const never = new AbortController().signal;
const nowMs = Date.UTC(2026, 2, 3, 4);
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const entry of open.splice(0)) await entry.close();
});

async function receiver(...args: Parameters<typeof httpReceiver>) {
  const server = await httpReceiver(...args);
  open.push(server);
  const alerts = () => server.received.map(({ body }) => JSON.parse(body) as PostedAlert[]);
  return { ...server, alerts };
}

function sinkFor(urls: string[], more: Record<string, unknown> = {}) {
  const sink = createAlertmanagerSink(
    alertmanagerConfig.parse({ urls, retryFirstMs: 1, retryMaxMs: 5, ...more }),
    () => nowMs,
  );
  open.unshift(sink);
  return sink;
}

function delivery(alerts: Delivery['alerts']): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

describe('createAlertmanagerSink()', () => {
  it('posts to /api/v2/alerts with labels that identify the incident', async () => {
    const server = await receiver();
    await sinkFor([`${server.url}/am/`]).deliver(delivery([alertByFamily.replay]), never);
    expect(server.received[0]?.path).toBe('/am/api/v2/alerts');
    const [posted] = server.alerts()[0] ?? [];
    expect(posted?.labels).toEqual({
      alertname: 'BearerwatchReplay',
      detector: 'parallel-use',
      family: 'replay',
      incident: 'a1f0c2d39b7e4c55',
      owner: 'team-fulfilment',
      severity: 'critical',
      simulated: 'false',
    });
    expect(posted?.startsAt).toBe('2026-03-03T03:12:07.250Z');
    expect(posted?.endsAt).toBe('2026-03-03T04:04:00.000Z');
    expect(posted?.annotations['runbook_url']).toBe(alertByFamily.replay.runbook);
  });

  it('names a common change so that it can be routed apart', () => {
    const change = { ...alertByFamily.replay, kind: 'change' as const };
    const { labels } = postedAlert(change, alertmanagerConfig.parse({ urls: ['http://am'] }), nowMs);
    expect(labels['alertname']).toBe('BearerwatchCommonChange');
  });

  it('ends a resolved alert now, under the same labels', async () => {
    const server = await receiver();
    const sink = sinkFor([server.url]);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    await sink.deliver(delivery([resolved(alertByFamily.replay)]), never);
    const [[firing], [ended]] = server.alerts() as [[PostedAlert], [PostedAlert]];
    expect(ended.labels).toEqual(firing.labels);
    expect(ended.endsAt).toBe(new Date(nowMs).toISOString());
  });

  it('resolves the old labels when the severity changes', async () => {
    const server = await receiver();
    const sink = sinkFor([server.url]);
    await sink.deliver(delivery([{ ...alertByFamily.replay, severity: 'high' }]), never);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    const second = server.alerts()[1] ?? [];
    expect(second.map(({ labels, endsAt }) => [labels['severity'], Date.parse(endsAt) > nowMs])).toEqual([
      ['high', false],
      ['critical', true],
    ]);
  });

  it('sends firing alerts again, also those of before a restart, and not resolved ones', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const server = await receiver();
      const sink = sinkFor([server.url]);
      sink.resume([alertByFamily.scraping]);
      await sink.deliver(delivery([alertByFamily.replay, resolved(alertByFamily.lifecycle)]), never);
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(server.received.length).toBe(3));
      expect(server.alerts()[2]?.map(({ labels }) => labels['incident'])).toEqual([
        alertByFamily.scraping.id,
        alertByFamily.replay.id,
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('sends what was skipped while it was away with the next re-send', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const server = await receiver();
      const sink = sinkFor([server.url]);
      sink.skip?.(delivery([alertByFamily.scraping, alertByFamily.replay]));
      sink.skip?.(delivery([resolved(alertByFamily.replay)]));
      vi.advanceTimersByTime(60_000);
      await vi.waitFor(() => expect(server.received.length).toBe(1));
      expect(server.alerts()[0]?.map(({ labels }) => labels['incident'])).toEqual([
        alertByFamily.scraping.id,
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tries again until an Alertmanager that is down is back', async () => {
    const server = await receiver((n) => (n < 3 ? { status: 503 } : { status: 200 }));
    const sink = sinkFor([server.url]);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    expect(server.received.length).toBe(4);
    expect(sink.figures()).toEqual({ waiting: 0, retries: 3, failures: 3 });
    expect(sink.problem()).toBeUndefined();
  });

  it('is done when one of a cluster has taken it, and says which other is down', async () => {
    const [up, down] = [await receiver(), await receiver(() => ({ status: 500 }))];
    const sink = sinkFor([down.url, up.url]);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    expect(up.received.length).toBe(1);
    await vi.waitFor(() => expect(sink.problem()).toBe(`Alertmanager ${down.url} answered 500`));
  });

  it('rejects what every Alertmanager refuses', async () => {
    const server = await receiver(() => ({ status: 400, text: 'label name "x y" is invalid' }));
    await expect(sinkFor([server.url]).deliver(delivery([alertByFamily.replay]), never)).rejects.toThrow(
      /answered 400: label name "x y" is invalid/,
    );
  });

  it('stops waiting when it is closed', async () => {
    const server = await receiver(() => 'hang');
    const sink = sinkFor([server.url]);
    const delivered = expect(sink.deliver(delivery([alertByFamily.replay]), never)).rejects.toThrow(/closed/);
    await sleep(20);
    await sink.close();
    await delivered;
  });

  it('proves itself with user and password', async () => {
    const server = await receiver();
    await sinkFor([server.url], { user: 'bw', password: 'pässword' }).deliver(
      delivery([alertByFamily.replay]),
      never,
    );
    const sent = server.received[0]?.headers.authorization?.slice('Basic '.length) ?? '';
    expect(Buffer.from(sent, 'base64').toString()).toBe('bw:pässword');
  });
});

describe('postedAlert()', () => {
  const config = alertmanagerConfig.parse({ publicUrl: 'https://bw.example/' });

  it('puts neither credential nor address into labels', () => {
    for (const alert of alertFixtures) {
      const labels = Object.values(postedAlert(alert, config, nowMs).labels);
      expect(labels).not.toContain(alert.credential.id);
      expect(labels.join(' ')).not.toMatch(/\d+\.\d+\.\d+\.\d+/);
    }
  });

  it('lets no control character, no foreign label and no script link of a log line through', () => {
    const { labels, annotations } = postedAlert(hostileAlert(), config, nowMs);
    const lines = [...Object.values(labels), ...Object.values(annotations)].join('').replaceAll('\n', '');
    expect(lines).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    expect(annotations['runbook_url']).toBeUndefined();
    expect(Object.keys(labels).toSorted()).toEqual([
      'alertname',
      'detector',
      'family',
      'incident',
      'owner',
      'severity',
      'simulated',
    ]);
  });

  it('links to the page of the incident', () => {
    expect(postedAlert(alertByFamily.replay, config, nowMs).generatorURL).toBe(
      'https://bw.example/alerts/a1f0c2d39b7e4c55',
    );
  });
});
