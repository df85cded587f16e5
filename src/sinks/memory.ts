import type { Alert } from '../../schemas/alert.ts';
import { AmbiguousAlertId, type AlertStore } from './clickhouse/query.ts';
import type { Sink } from './sink.ts';

/** Enough for weeks of a sensible budget. */
const alertsMax = 1_000;

/** The latest alerts in memory: what the API shows when no database is configured. Gone with the process. */
export function createMemorySink(): Sink & AlertStore {
  const alerts = new Map<string, Alert>();
  return {
    name: 'memory',
    async deliver(delivery) {
      for (const alert of delivery.alerts) {
        alerts.delete(alert.id);
        alerts.set(alert.id, alert);
      }
      for (const oldest of alerts.keys()) {
        if (alerts.size <= alertsMax) break;
        alerts.delete(oldest);
      }
    },
    problem: () => undefined,
    async close() {},
    async findAlert(idPrefix) {
      if (idPrefix === '') return undefined;
      const exact = alerts.get(idPrefix);
      if (exact !== undefined) return exact;
      const found = [...alerts.values()].filter(({ id }) => id.startsWith(idPrefix));
      if (found.length > 1) throw new AmbiguousAlertId(idPrefix, found.slice(0, 6));
      return found[0];
    },
    async listAlerts({ state, family, sinceMs, limit = 100 } = {}) {
      return [...alerts.values()]
        .filter((alert) => state === undefined || alert.state === state)
        .filter((alert) => family === undefined || alert.family === family)
        .filter((alert) => sinceMs === undefined || alert.lastEventMs >= sinceMs)
        .sort((a, b) => b.raisedAtMs - a.raisedAtMs)
        .slice(0, limit);
    },
  };
}
