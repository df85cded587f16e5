import { type Alert, alert as alertSchema, type Family } from '../../../schemas/alert.ts';
import type { ClickHouse } from './client.ts';

export interface AlertFilter {
  readonly state?: Alert['state'] | undefined;
  readonly family?: Family | undefined;
  /** Only alerts with events at or after this time, epoch ms. */
  readonly sinceMs?: number | undefined;
  /** At most so many, newest first; 1 to 1,000. */
  readonly limit?: number | undefined;
}

/** What reads alerts back: ClickHouse, or the list of open incidents in memory. */
export interface AlertStore {
  /** Undefined when no alert's id starts so; throws when several do, naming some. */
  findAlert(idPrefix: string): Promise<Alert | undefined>;
  listAlerts(filter?: AlertFilter): Promise<Alert[]>;
}

export function createAlertQuery({ client, database }: ClickHouse): AlertStore {
  async function read(where: string, params: Record<string, unknown>, limit: number): Promise<Alert[]> {
    const result = await client.query({
      query: `SELECT alert FROM ${database}.alerts WHERE ${where} ORDER BY raised_at DESC, id LIMIT ${limit}`,
      query_params: params,
      format: 'JSONEachRow',
    });
    const rows = await result.json<{ alert: string }>();
    return rows.map((row) => alertSchema.parse(JSON.parse(row.alert)));
  }

  return {
    async findAlert(idPrefix) {
      if (idPrefix === '') return undefined;
      const found = await read('startsWith(id, {prefix:String})', { prefix: idPrefix }, 6);
      const exact = found.find(({ id }) => id === idPrefix);
      if (exact !== undefined) return exact;
      if (found.length > 1) throw new AmbiguousAlertId(idPrefix, found);
      return found[0];
    },
    async listAlerts(filter = {}) {
      const limit = Math.min(Math.max(Math.trunc(filter.limit ?? 100), 1), 1000);
      const where = ['1'];
      const params: Record<string, unknown> = {};
      if (filter.state !== undefined) {
        where.push('state = {state:String}');
        params['state'] = filter.state;
      }
      if (filter.family !== undefined) {
        where.push('family = {family:String}');
        params['family'] = filter.family;
      }
      if (filter.sinceMs !== undefined) {
        where.push('last_event_at >= fromUnixTimestamp64Milli({sinceMs:Int64})');
        params['sinceMs'] = Math.trunc(filter.sinceMs);
      }
      return await read(where.join(' AND '), params, limit);
    },
  };
}

/** An id prefix that fits more than one alert. */
export class AmbiguousAlertId extends Error {
  constructor(idPrefix: string, found: readonly Alert[]) {
    super(
      `several alerts start with ${idPrefix}: ${found.map(({ id }) => id).join(', ')}; give more of the id`,
    );
  }
}
