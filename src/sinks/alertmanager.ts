import { type Alert, changeDetector } from '../../schemas/alert.ts';
import type { AlertmanagerConfig } from '../../schemas/config/alertmanager.ts';
import { isNotice } from '../alerting/notice.ts';
import { printable } from '../alerting/printable.ts';
import { HttpRefused, type HttpTarget, httpTarget, post, postUntilTaken } from './http-client.ts';
import type { Sink } from './sink.ts';
import type { SinkFigures } from './sink-figures.ts';

/** One alert as `POST /api/v2/alerts` takes it. */
export interface PostedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface AlertmanagerSink extends Sink {
  /** Incidents that were firing when the process last stopped; they are sent again from now on. */
  resume(firing: readonly Alert[]): void;
  figures(): SinkFigures;
}

/** Firing alerts kept for re-sending; far more than any budget allows to be open at once. */
const firingMax = 10_000;
const alertsPerPost = 256;

/**
 * Sends alerts to every configured Alertmanager, and firing ones again and again: Alertmanager
 * takes an alert it has not heard of for a while as resolved.
 *
 * Delivery guarantee: a delivery is done when one Alertmanager has taken it (each of a cluster has
 * to be told, and one that was down is told by the next re-send, as are all of what the queue had no
 * place for while none was there). Repeats change nothing, for the
 * labels identify the incident. A change of the labels (a graver severity) resolves the old ones.
 */
export function createAlertmanagerSink(
  config: AlertmanagerConfig,
  nowMs: () => number = Date.now,
): AlertmanagerSink {
  const targets = config.urls.map((url, i) =>
    httpTarget(endpointOf(url), config, config.timeoutMs, `alertmanager (urls[${i}])`),
  );
  const backoff = { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs };
  const firing = new Map<string, Alert>();
  const problems = new Map<HttpTarget, string>();
  const closing = new AbortController();
  let retries = 0;
  let failures = 0;
  let resending: Promise<void> = Promise.resolve();

  const failed = (target: HttpTarget, text: string) => {
    failures++;
    problems.set(target, `Alertmanager ${text}`);
  };

  async function sendToAll(posted: readonly PostedAlert[], signal: AbortSignal): Promise<void> {
    for (let start = 0; start < posted.length; start += alertsPerPost) {
      const body = JSON.stringify(posted.slice(start, start + alertsPerPost));
      // When one has taken it the others stop retrying here: the next re-send reaches them.
      const taken = new AbortController();
      const retryWhile = AbortSignal.any([signal, taken.signal]);
      const sends = targets.map(async (target) => {
        const attempts = { onFailure: (text: string) => failed(target, text), onRetry: () => void retries++ };
        await postUntilTaken(target, body, () => ({}), backoff, attempts, signal, retryWhile);
        problems.delete(target);
      });
      try {
        await Promise.any(sends);
      } catch (error) {
        signal.throwIfAborted();
        throw refusalOf(error);
      } finally {
        taken.abort(new Error('taken by another Alertmanager'));
      }
    }
  }

  /** Re-sends are single attempts: the next one comes anyway. */
  async function resend(): Promise<void> {
    const posted = [...firing.values()].map((alert) => postedAlert(alert, config, nowMs()));
    for (let start = 0; start < posted.length; start += alertsPerPost) {
      const body = JSON.stringify(posted.slice(start, start + alertsPerPost));
      await Promise.all(
        targets.map(async (target) => {
          try {
            const { status } = await post(target, body, {}, closing.signal);
            if (status >= 200 && status < 300) problems.delete(target);
            else failed(target, `${target.url.origin} answered ${status}`);
          } catch (error) {
            if (!closing.signal.aborted)
              failed(target, `${target.url.origin}: ${String((error as Error).message)}`);
          }
        }),
      );
    }
  }

  const timer = setInterval(() => {
    resending = resending.then(resend);
  }, config.resendIntervalMs);
  timer.unref();

  function remember(alert: Alert): void {
    firing.delete(alert.id);
    if (alert.state === 'resolved') return;
    firing.set(alert.id, alert);
    for (const oldest of firing.keys()) {
      if (firing.size <= firingMax) break;
      firing.delete(oldest);
    }
  }

  return {
    name: 'alertmanager',
    async deliver({ alerts }, signal) {
      const notices = alerts.filter(isNotice);
      if (notices.length === 0 || targets.length === 0) return;
      const now = nowMs();
      const posted = notices.flatMap((alert) => {
        const current = postedAlert(alert, config, now);
        const before = firing.get(alert.id);
        remember(alert);
        if (before === undefined) return [current];
        const old = postedAlert(before, config, now);
        const sameLabels = JSON.stringify(old.labels) === JSON.stringify(current.labels);
        return sameLabels ? [current] : [{ ...old, endsAt: new Date(now).toISOString() }, current];
      });
      await sendToAll(posted, AbortSignal.any([signal, closing.signal]));
    },
    skip({ alerts }) {
      for (const alert of alerts.filter(isNotice)) remember(alert);
    },
    resume(alerts) {
      for (const alert of alerts.filter(isNotice)) remember(alert);
      resending = resending.then(resend);
    },
    problem: () => (problems.size === 0 ? undefined : [...problems.values()].join('; ')),
    figures: () => ({ waiting: 0, retries, failures }),
    async close() {
      clearInterval(timer);
      closing.abort(new Error('Alertmanager sink is closed'));
      await resending;
    },
  };
}

/**
 * Labels are the identity of an alert and hold nothing that changes while an incident is open
 * except severity and detector; `incident` keeps incidents apart. Everything else is annotation.
 */
export function postedAlert(alert: Alert, config: AlertmanagerConfig, nowMs: number): PostedAlert {
  const { credential } = alert;
  const startsMs = Math.min(alert.firstEventMs, nowMs);
  // Alive until three re-sends have been missed.
  const endsMs = alert.state === 'resolved' ? nowMs : nowMs + 4 * config.resendIntervalMs;
  return {
    labels: {
      ...config.externalLabels,
      alertname: alertName(alert.kind === 'change' ? changeDetector : alert.family),
      detector: strongestDetector(alert),
      family: alert.family,
      incident: printable(alert.id, 128),
      severity: alert.severity,
      simulated: String(alert.simulated),
      ...(credential.owner === null ? {} : { owner: printable(credential.owner, 128) }),
    },
    annotations: {
      summary: printable(alert.title, 200),
      description: printable(alert.summary, 1000),
      credential: printable(credential.name ?? credential.id, 200),
      credential_id: printable(credential.id, 256),
      ...(credential.consumer === null ? {} : { consumer: printable(credential.consumer, 200) }),
      evidence: alert.evidence
        .slice(0, 5)
        .map(({ text }) => `- ${printable(text, 300)}`)
        .join('\n'),
      action: printable(alert.actions[0] ?? '', 300),
      trust: String(alert.trust),
      ...(/^https?:\/\//.test(alert.runbook) ? { runbook_url: printable(alert.runbook, 500) } : {}),
    },
    startsAt: new Date(startsMs).toISOString(),
    endsAt: new Date(Math.max(endsMs, startsMs)).toISOString(),
    ...(config.publicUrl === null
      ? {}
      : { generatorURL: `${config.publicUrl.replace(/\/$/, '')}/alerts/${encodeURIComponent(alert.id)}` }),
  };
}

/** `BearerwatchReplay`, `BearerwatchOutOfPattern` … */
export function alertName(family: string): string {
  const words = family.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return `Bearerwatch${words.join('')}`;
}

function strongestDetector(alert: Alert): string {
  const best = alert.evidence.toSorted((a, b) => b.bits - a.bits)[0];
  return best?.detector ?? alert.detectors[0] ?? 'none';
}

function endpointOf(url: string): string {
  return `${url.replace(/\/$/, '')}/api/v2/alerts`;
}

function refusalOf(error: unknown): unknown {
  if (!(error instanceof AggregateError)) return error;
  return error.errors.find((inner) => inner instanceof HttpRefused) ?? error.errors[0];
}
