import type { Alert, Family } from '../../schemas/alert.ts';

export interface AlertFilter {
  readonly state?: Alert['state'] | undefined;
  readonly family?: Family | undefined;
  /** Only alerts with events at or after this time, epoch ms. */
  readonly sinceMs?: number | undefined;
  /** At most so many, newest first; 1 to 1,000, 100 when not given. */
  readonly limit?: number | undefined;
}

/** What reads alerts back, each in its newest state: ClickHouse, or memory. */
export interface AlertStore {
  /** Undefined when no alert's id starts so; rejects with `AmbiguousAlertId` when several do. */
  findAlert(idPrefix: string): Promise<Alert | undefined>;
  listAlerts(filter?: AlertFilter): Promise<Alert[]>;
}

/** An id prefix that fits more than one alert. */
export class AmbiguousAlertId extends Error {
  constructor(idPrefix: string, found: readonly Alert[]) {
    super(
      `several alerts start with ${idPrefix}: ${found.map(({ id }) => id).join(', ')}; give more of the id`,
    );
  }
}

export function alertsMax({ limit }: AlertFilter): number {
  return Math.min(Math.max(Math.trunc(limit ?? 100), 1), 1000);
}
