import { join } from 'node:path';
import { clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { openClickHouse } from '../../../src/sinks/clickhouse/client.ts';

/** What the embedded database of a service that has stopped holds, table by table, as JSON lines. */
export async function storedRows(stateDir: string): Promise<ReadonlyMap<string, string>> {
  const { client } = await openClickHouse(clickhouseConfig.parse({}), stateDir);
  try {
    const tables = await client.query({
      query: "SELECT name FROM system.tables WHERE database = 'bearerwatch' ORDER BY name",
      format: 'JSONEachRow',
    });
    const rows = new Map<string, string>();
    for (const { name } of await tables.json<{ name: string }>()) {
      const all = await client.query({
        query: `SELECT * FROM bearerwatch.\`${name}\``,
        format: 'JSONEachRow',
      });
      rows.set(name, await all.text());
    }
    return rows;
  } finally {
    await client.close();
  }
}

export interface StoredAlert {
  readonly id: string;
  readonly credential_id: string;
  readonly family: string;
  readonly [column: string]: unknown;
}

/** The newest state of every alert, one row each, as the view gives it. */
export async function storedAlerts(folder: string): Promise<StoredAlert[]> {
  const { client } = await openClickHouse(clickhouseConfig.parse({}), join(folder, 'state'));
  try {
    const rows = await client.query({
      query: 'SELECT * FROM bearerwatch.alerts',
      format: 'JSONEachRow',
    });
    return await rows.json<StoredAlert>();
  } finally {
    await client.close();
  }
}

export interface StoredState {
  readonly alert_id: string;
  readonly state: string;
  readonly severity: string;
  readonly score_bits: number;
  readonly summary: string;
}

/** What every alert said, state after state. */
export async function storedHistory(folder: string): Promise<StoredState[]> {
  const { client } = await openClickHouse(clickhouseConfig.parse({}), join(folder, 'state'));
  try {
    const rows = await client.query({
      query:
        'SELECT alert_id, state, severity, score_bits, summary FROM bearerwatch.alert_history FINAL ORDER BY alert_id, version',
      format: 'JSONEachRow',
    });
    return await rows.json<StoredState>();
  } finally {
    await client.close();
  }
}
