import { type Alert, alert as alertSchema } from '../../../schemas/alert.ts';
import { type AlertStore, AmbiguousAlertId, alertsMax } from '../../alerting/alert-store.ts';
import type { ClickHouse } from './client.ts';

/** Reads alerts back from the view that holds one row of each. */
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
      return await read(where.join(' AND '), params, alertsMax(filter));
    },
  };
}
