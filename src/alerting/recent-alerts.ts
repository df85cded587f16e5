import type { Alert } from '../../schemas/alert.ts';
import { type AlertFilter, type AlertStore, AmbiguousAlertId, alertsMax } from './alert-store.ts';

export interface RecentAlerts extends AlertStore {
  add(alerts: readonly Alert[]): void;
}

/** The newest state of the latest `max` alerts in memory, where no ClickHouse keeps them. */
export function createRecentAlerts(max = 10_000): RecentAlerts {
  const byId = new Map<string, Alert>();
  return {
    add(alerts) {
      for (const alert of alerts) {
        byId.delete(alert.id);
        byId.set(alert.id, alert);
      }
      for (const oldest of byId.keys()) {
        if (byId.size <= max) break;
        byId.delete(oldest);
      }
    },
    async findAlert(idPrefix) {
      if (idPrefix === '') return undefined;
      const exact = byId.get(idPrefix);
      if (exact !== undefined) return exact;
      const found = [...byId.values()].filter(({ id }) => id.startsWith(idPrefix));
      if (found.length > 1) throw new AmbiguousAlertId(idPrefix, found.slice(0, 6));
      return found[0];
    },
    async listAlerts(filter = {}) {
      const fits = (alert: Alert) => isWanted(alert, filter);
      const newestFirst = (a: Alert, b: Alert) => b.raisedAtMs - a.raisedAtMs || (a.id < b.id ? -1 : 1);
      return [...byId.values()].filter(fits).sort(newestFirst).slice(0, alertsMax(filter));
    },
  };
}

function isWanted(alert: Alert, { state, family, sinceMs }: AlertFilter): boolean {
  if (state !== undefined && alert.state !== state) return false;
  if (family !== undefined && alert.family !== family) return false;
  return sinceMs === undefined || alert.lastEventMs >= sinceMs;
}
