import { afterEach, describe, expect, it } from 'vitest';
import { webhookConfig } from '../../schemas/config/webhook.ts';
import type { Delivery, Sink } from '../../src/sinks/sink.ts';
import { createWebhookSinks, webhookSignature } from '../../src/sinks/webhook.ts';
import { alertByFamily, alertFixtures, hostileAlert, later, resolved } from '../fixtures/alerts.ts';
import { httpReceiver } from './http-receiver.ts';

const never = new AbortController().signal;
const secret = '0123456789abcdef-of-the-test';
const nowMs = Date.UTC(2026, 2, 3, 4);
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function receiver(...args: Parameters<typeof httpReceiver>) {
  const server = await httpReceiver(...args);
  open.push(server);
  return server;
}

function sinkFor(url: string, more: Record<string, unknown> = {}): Sink {
  const config = webhookConfig.parse({
    endpoints: [{ url, secret, retryFirstMs: 1, retryMaxMs: 5, ...more }],
  });
  return createWebhookSinks(config, () => nowMs)[0] as Sink;
}

function delivery(alerts: Delivery['alerts']): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

describe('createWebhookSinks()', () => {
  it('posts every alert signed, with its time and an idempotency key', async () => {
    const server = await receiver();
    const alerts = [...alertFixtures, hostileAlert()];
    await sinkFor(`${server.url}/hook?x=1`).deliver(delivery(alerts), never);
    expect(server.received.map(({ body }) => JSON.parse(body).alert)).toEqual(alerts);
    for (const { headers, body, path } of server.received) {
      expect(path).toBe('/hook?x=1');
      const timestamp = String(headers['bearerwatch-timestamp']);
      expect(timestamp).toBe(String(nowMs / 1000));
      expect(headers['bearerwatch-signature']).toBe(`v1=${webhookSignature(secret, timestamp, body)}`);
    }
  });

  it('gives a repeat the same idempotency key and another state another', async () => {
    const server = await receiver();
    const { replay } = alertByFamily;
    await sinkFor(server.url).deliver(delivery([replay, replay, later(replay, 1), resolved(replay)]), never);
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toBe(keys[1]);
    expect(new Set(keys).size).toBe(3);
  });

  it('tries again after resets, 429 and 503, until the alert is taken', async () => {
    const answers = ['reset', { status: 503 }, { status: 429 }, { status: 204 }] as const;
    const server = await receiver((n) => answers[n] ?? { status: 500 });
    const sink = sinkFor(server.url);
    await sink.deliver(delivery([alertByFamily.replay]), never);
    expect(server.received.map(({ body }) => JSON.parse(body).alert.id)).toEqual(
      Array(3).fill(alertByFamily.replay.id),
    );
    expect(sink.problem()).toBeUndefined();
  });

  it('gives up at once on a refusal and says what the endpoint answered, made printable', async () => {
    const server = await receiver(() => ({ status: 401, text: 'bad\u001b[31m token' }));
    const sink = sinkFor(server.url);
    await expect(sink.deliver(delivery([alertByFamily.replay]), never)).rejects.toThrow(
      /answered 401: bad \[31m token$/,
    );
    expect(server.received.length).toBe(1);
    expect(sink.problem()).toContain('answered 401');
  });

  it('follows no redirect', async () => {
    const elsewhere = await receiver();
    const server = await receiver(() => ({ status: 302, headers: { location: elsewhere.url } }));
    await expect(sinkFor(server.url).deliver(delivery([alertByFamily.replay]), never)).rejects.toThrow(
      /answered 302/,
    );
    expect(elsewhere.received).toEqual([]);
  });

  it('does not wait for ever for an answer, and stops when told', async () => {
    const server = await receiver(() => 'hang');
    const sink = sinkFor(server.url, { timeoutMs: 100 });
    await expect(sink.deliver(delivery([alertByFamily.replay]), AbortSignal.timeout(350))).rejects.toThrow();
    expect(sink.problem()).toContain('no answer within 100 ms');
  });

  it('sends only the severities and states asked for', async () => {
    const server = await receiver();
    const sink = sinkFor(server.url, { minSeverity: 'high', states: ['firing'] });
    await sink.deliver(delivery([...alertFixtures, resolved(alertByFamily.replay)]), never);
    expect(server.received.map(({ body }) => JSON.parse(body).alert.severity)).toEqual([
      'critical',
      'high',
      'high',
    ]);
  });

  it('proves itself with the configured token', async () => {
    const server = await receiver();
    await sinkFor(server.url, { bearerToken: 'token-1' }).deliver(delivery([alertByFamily.replay]), never);
    expect(server.received[0]?.headers.authorization).toBe('Bearer token-1');
  });
});
