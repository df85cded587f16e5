import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createFanOut } from '../../src/sinks/deliver.ts';
import type { Delivery, Sink } from '../../src/sinks/sink.ts';
import { alertByFamily, alertFixtures } from '../fixtures/alerts.ts';

const never = new AbortController().signal;
const some: Delivery = { alerts: [alertByFamily.replay], scores: [], events: [], deadLetters: [] };

/** A sink that does what it is told and remembers what it got. */
function sinkOf(name: string, act: (n: number, signal: AbortSignal) => Promise<void> = async () => {}) {
  const got: Delivery[] = [];
  const sink: Sink & { got: Delivery[]; closed: boolean } = {
    name,
    got,
    closed: false,
    async deliver(delivery, signal) {
      await act(got.length, signal);
      got.push(delivery);
    },
    problem: () => undefined,
    async close() {
      sink.closed = true;
    },
  };
  return sink;
}

const hanging = (_: number, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

describe('createFanOut()', () => {
  it('gives every sink the alerts and the required ones everything', async () => {
    const [clickhouse, stdout] = [sinkOf('clickhouse'), sinkOf('stdout')];
    const all = createFanOut([clickhouse, stdout]);
    const letter = {
      reason: 'not-json' as const,
      detail: 'd',
      at: { kind: 'stdin' as const, line: 1 },
      ingestTimeMs: 1,
      excerpt: '',
      bytes: 0,
    };
    await all.deliver({ ...some, deadLetters: [letter] }, never);
    await all.deliver({ ...some, alerts: [], deadLetters: [letter] }, never);
    await all.close();
    expect(clickhouse.got.map(({ deadLetters }) => deadLetters.length)).toEqual([1, 1]);
    expect(stdout.got.map(({ alerts, deadLetters }) => [alerts.length, deadLetters.length])).toEqual([
      [1, 0],
    ]);
    expect([clickhouse.closed, stdout.closed]).toEqual([true, true]);
  });

  it.each(['clickhouse', 'dead-letter', 'dead-letter-topic'])(
    'gives dead letters to %s and waits for it',
    async (name) => {
      const sink = sinkOf(name, hanging);
      const giveUp = new AbortController();
      const delivering = createFanOut([sink]).deliver({ ...some, alerts: [] }, giveUp.signal);
      giveUp.abort(new Error('gave up'));
      await expect(delivering).rejects.toThrow('gave up');
    },
  );

  it('does not acknowledge before a required sink holds the delivery', async () => {
    let release = () => {};
    const slow = sinkOf('clickhouse', () => new Promise((resolve) => (release = resolve)));
    const all = createFanOut([slow]);
    let done = false;
    const delivered = all.deliver(some, never).then(() => {
      done = true;
    });
    await sleep(10);
    expect(done).toBe(false);
    release();
    await delivered;
    expect(done).toBe(true);
  });

  it('rejects when a required sink does', async () => {
    const all = createFanOut([
      sinkOf('clickhouse', async () => {
        throw new Error('no such column');
      }),
      sinkOf('dead-letter'),
    ]);
    await expect(all.deliver(some, never)).rejects.toThrow('no such column');
  });

  it('is not held up by a best-effort sink that hangs, and counts what it loses', async () => {
    const lost: string[] = [];
    const webhook = sinkOf('webhook', hanging);
    const all = createFanOut([sinkOf('clickhouse'), webhook], {
      queueMax: 2,
      drainMs: 5,
      onLost: (sink, alerts, reason) => lost.push(`${sink} ${alerts} ${reason}`),
    });
    for (let i = 0; i < 5; i++) await all.deliver(some, never);
    expect(all.figures().get('webhook')).toMatchObject({ waiting: 3, lostAlerts: 2 });
    await all.close();
    expect(all.figures().get('webhook')).toMatchObject({ waiting: 0, lostAlerts: 5 });
    expect(lost).toEqual([
      ...Array(2).fill('webhook 1 more than 2 deliveries wait'),
      'webhook 3 stopped before they were taken',
    ]);
  });

  it('tells a sink that makes up for it what cannot wait any longer, and counts none of it lost', async () => {
    const skipped: unknown[] = [];
    const sink = {
      ...sinkOf('alertmanager', hanging),
      skip: (delivery: Delivery) => skipped.push(delivery.alerts),
    };
    const all = createFanOut([sink], { queueMax: 2, drainMs: 5 });
    for (let i = 0; i < 5; i++) await all.deliver(some, never);
    expect(skipped).toEqual([some.alerts, some.alerts]);
    expect(all.figures().get('alertmanager')).toMatchObject({ waiting: 3, lostAlerts: 0 });
    await all.close();
  });

  it('goes on after a best-effort sink refused one delivery, in order', async () => {
    const webhook = sinkOf('webhook', async (n) => {
      if (n === 0 && !refused) {
        refused = true;
        throw new Error('answered 400');
      }
    });
    let refused = false;
    const all = createFanOut([webhook]);
    for (const alert of alertFixtures) await all.deliver({ ...some, alerts: [alert] }, never);
    await all.close();
    expect(webhook.got.map(({ alerts }) => alerts[0]?.id)).toEqual(
      alertFixtures.slice(1).map(({ id }) => id),
    );
    expect(all.figures().get('webhook')?.lostAlerts).toBe(1);
  });

  it('sums the figures of sinks of one name and says what is wrong', () => {
    const bad: Sink = { ...sinkOf('webhook'), problem: () => 'webhook is down' };
    const all = createFanOut([sinkOf('webhook'), bad]);
    expect(all.problem()).toBe('webhook is down');
    expect(all.figures().get('webhook')?.problem).toBe('webhook is down');
  });
});
