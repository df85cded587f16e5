import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClickHouseConfig } from '../../../schemas/config/clickhouse.ts';
import { type ClickHouse, insertRows } from './client.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  /** Of the template, so that another database name or retention is not another migration. */
  readonly checksum: string;
  readonly template: string;
}

const folderOfMigrations = join(import.meta.dirname, '../../../schemas/clickhouse');

/** The numbered files in order; throws when numbers have holes or repeat. */
export function loadMigrations(folder: string = folderOfMigrations): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  return files.map((file, index) => {
    const number = Number(file.slice(0, 3));
    if (number !== index + 1 || file[3] !== '-') {
      throw new Error(
        `clickhouse: migration ${file} should be numbered ${String(index + 1).padStart(3, '0')}-`,
      );
    }
    const template = readFileSync(join(folder, file), 'utf8');
    const checksum = createHash('sha256').update(template.replaceAll('\r\n', '\n')).digest('hex');
    return { number, name: file, checksum, template };
  });
}

type Retention = Pick<
  ClickHouseConfig,
  'alertRetentionDays' | 'scoreRetentionDays' | 'deadLetterRetentionDays' | 'eventRetentionDays'
>;

/** Statements of one migration for this database, cluster and retention; throws on an unknown placeholder. */
export function renderMigration(
  migration: Migration,
  target: Pick<ClickHouse, 'database' | 'cluster'>,
  retention: Retention,
): string[] {
  const { database, cluster } = target;
  const values = new Map<string, string>([
    ['database', database],
    ['onCluster', cluster === null ? '' : `ON CLUSTER ${cluster}`],
    ['replicated', cluster === null ? '' : 'Replicated'],
    // A replicated table always remembers recent blocks; a plain one only when told so.
    ['deduplicationWindow', cluster === null ? ', non_replicated_deduplication_window = 100' : ''],
    ['alertRetentionDays', String(retention.alertRetentionDays)],
    ['scoreRetentionDays', String(retention.scoreRetentionDays)],
    ['deadLetterRetentionDays', String(retention.deadLetterRetentionDays)],
    ['eventRetentionDays', String(retention.eventRetentionDays)],
  ]);
  const sql = migration.template
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n')
    .replaceAll(/\{\{(\w{1,40})\}\}/g, (_, key: string) => {
      const value = values.get(key);
      if (value === undefined) throw new Error(`clickhouse: ${migration.name} has an unknown {{${key}}}`);
      return value;
    });
  return sql
    .split(';\n')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * Brings the database to today's schema and records what was applied. Refuses to start on a
 * migration that was changed after it had been applied, and on a database newer than this program.
 * Returns the names applied now.
 */
export async function migrate(
  clickhouse: ClickHouse,
  config: ClickHouseConfig,
  migrations: readonly Migration[] = loadMigrations(),
): Promise<string[]> {
  await checkVersion(clickhouse);
  const applied = await appliedMigrations(clickhouse);
  for (const [number, { name, checksum }] of applied) {
    const known = migrations.find((migration) => migration.number === number);
    if (known === undefined) {
      throw new Error(
        `clickhouse: database ${clickhouse.database} at ${clickhouse.where} has migration ${name}, which this version does not know; use the newer version that made it`,
      );
    }
    if (known.checksum !== checksum) {
      throw new Error(
        `clickhouse: migration ${known.name} was changed after it had been applied to ${clickhouse.database} at ${clickhouse.where}; restore the file and put the change into a new migration`,
      );
    }
  }
  const missing = migrations.filter(({ number }) => !applied.has(number));
  if (missing.length > 0 && !config.migrate) {
    throw new Error(
      `clickhouse: ${missing.map(({ name }) => name).join(', ')} not applied to ${clickhouse.database} at ${clickhouse.where}; apply them or set clickhouse.migrate to true`,
    );
  }
  if (missing.length > 0) await createDatabase(clickhouse);
  for (const migration of missing) {
    for (const query of renderMigration(migration, clickhouse, config))
      await clickhouse.client.command({ query });
    const { number, name, checksum } = migration;
    await insertRows(clickhouse, 'migrations', [{ number, name, checksum }]);
  }
  if (config.migrate) await adjustRetention(clickhouse, config);
  return missing.map(({ name }) => name);
}

/** Types and settings of the schema came with this year's versions; an older server fails obscurely. */
const oldestYear = 23;

async function checkVersion({ client, where }: ClickHouse): Promise<void> {
  const [row] = await rowsOf(client, 'SELECT version() AS version');
  const version = String(row?.['version']);
  if (Number.parseInt(version, 10) < oldestYear) {
    throw new Error(
      `clickhouse: the server at ${where} is version ${version}, which is too old; version ${oldestYear} or later is needed`,
    );
  }
}

async function createDatabase({ client, database, cluster }: ClickHouse): Promise<void> {
  const exists = await rowsOf(client, 'SELECT 1 AS x FROM system.databases WHERE name = {database:String}', {
    database,
  });
  // A user with rights on this database only may not create one.
  if (exists.length > 0) return;
  const onCluster = cluster === null ? '' : ` ON CLUSTER ${cluster}`;
  await client.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}${onCluster}` });
}

async function appliedMigrations({
  client,
  database,
}: ClickHouse): Promise<Map<number, { name: string; checksum: string }>> {
  const exists = await rowsOf(
    client,
    "SELECT 1 AS x FROM system.tables WHERE database = {database:String} AND name = 'migrations'",
    { database },
  );
  if (exists.length === 0) return new Map();
  const rows = await rowsOf(
    client,
    `SELECT number, name, checksum FROM ${database}.migrations FINAL ORDER BY number`,
  );
  return new Map(
    rows.map((row) => [
      Number(row['number']),
      { name: String(row['name']), checksum: String(row['checksum']) },
    ]),
  );
}

/** The retention in the configuration may change; the tables follow. */
async function adjustRetention(
  { client, database, cluster }: ClickHouse,
  retention: Retention,
): Promise<void> {
  const wanted: readonly [table: string, days: number][] = [
    ['alert_states', retention.alertRetentionDays],
    ['alert_history', retention.alertRetentionDays],
    ['credential_hours', retention.scoreRetentionDays],
    ['dead_letters', retention.deadLetterRetentionDays],
    ['usage_events', retention.eventRetentionDays],
  ];
  const rows = await rowsOf(
    client,
    'SELECT name, create_table_query AS ddl FROM system.tables WHERE database = {database:String}',
    { database },
  );
  const ddl = new Map(rows.map((row) => [String(row['name']), String(row['ddl'])]));
  const onCluster = cluster === null ? '' : ` ON CLUSTER ${cluster}`;
  for (const [table, days] of wanted) {
    const ttl = `stored_at + toIntervalDay(${days})`;
    if (ddl.get(table)?.includes(ttl) ?? true) continue;
    await client.command({ query: `ALTER TABLE ${database}.${table}${onCluster} MODIFY TTL ${ttl}` });
  }
}

async function rowsOf(
  client: ClickHouse['client'],
  query: string,
  params: Record<string, string> = {},
): Promise<Record<string, unknown>[]> {
  const result = await client.query({ query, query_params: params, format: 'JSONEachRow' });
  return await result.json<Record<string, unknown>>();
}
