import { createHmac } from 'node:crypto';
import { type Alert, severities } from '../../schemas/alert.ts';
import type { WebhookConfig, WebhookEndpoint } from '../../schemas/config/webhook.ts';
import { isNotice } from '../alerting/notice.ts';
import { alertVersion } from './clickhouse/rows.ts';
import { httpTarget, postUntilTaken } from './http-client.ts';
import { readSecret } from './secret.ts';
import type { Sink } from './sink.ts';
import type { SinkFigures } from './sink-figures.ts';

/**
 * One sink per endpoint, so that one that is down does not hold up the others.
 *
 * Each state of an alert is one POST of `{"type":"alert","alert":{…}}`. Delivery guarantee: at
 * least once; the `idempotency-key` is the same for a repeat, so the receiver can drop it.
 */
export function createWebhookSinks(config: WebhookConfig, nowMs: () => number = Date.now): Sink[] {
  return config.endpoints.map((endpoint, i) => createWebhookSink(endpoint, `webhook.endpoints[${i}]`, nowMs));
}

function createWebhookSink(
  endpoint: WebhookEndpoint,
  option: string,
  nowMs: () => number,
): Sink & { figures(): SinkFigures } {
  const target = httpTarget(endpoint.url, endpoint, endpoint.timeoutMs, option);
  const secret = readSecret(endpoint.secret, endpoint.secretFile, `${option}.secretFile`);
  const backoff = { firstMs: endpoint.retryFirstMs, maxMs: endpoint.retryMaxMs };
  const leastSeverity = severities.indexOf(endpoint.minSeverity);
  let problem: string | undefined;
  let retries = 0;
  let failures = 0;

  const isWanted = (alert: Alert) =>
    isNotice(alert) &&
    severities.indexOf(alert.severity) >= leastSeverity &&
    endpoint.states.includes(alert.state);

  return {
    name: 'webhook',
    async deliver({ alerts }, signal) {
      for (const alert of alerts.filter(isWanted)) {
        const body = JSON.stringify({ type: 'alert', alert });
        const headers = () => {
          const timestamp = String(Math.floor(nowMs() / 1000));
          return {
            'bearerwatch-timestamp': timestamp,
            'idempotency-key': `${encodeURIComponent(alert.id)}-${alertVersion(alert)}`,
            ...(secret === undefined
              ? {}
              : { 'bearerwatch-signature': `v1=${webhookSignature(secret, timestamp, body)}` }),
          };
        };
        const attempts = {
          onFailure(text: string) {
            failures++;
            problem = `webhook ${text}`;
          },
          onRetry: () => void retries++,
        };
        await postUntilTaken(target, body, headers, backoff, attempts, signal);
        problem = undefined;
      }
    },
    problem: () => problem,
    figures: () => ({ waiting: 0, retries, failures }),
    async close() {},
  };
}

/** HMAC-SHA-256 over `timestamp.body`, hex. A receiver computes the same and refuses old timestamps. */
export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}
