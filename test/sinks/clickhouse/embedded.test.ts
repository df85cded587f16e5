import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import { AmbiguousAlertId } from '../../../src/alerting/alert-store.ts';
import { type ClickHouse, openClickHouse } from '../../../src/sinks/clickhouse/client.ts';
import { loadMigrations, migrate } from '../../../src/sinks/clickhouse/migrate.ts';
import { createAlertQuery } from '../../../src/sinks/clickhouse/query.ts';
import { type ClickHouseSink, createClickHouseSink } from '../../../src/sinks/clickhouse/sink.ts';
import type { Delivery } from '../../../src/sinks/sink.ts';
import { alertByFamily, alertFixtures, hostileAlert, later, resolved } from '../../fixtures/alerts.ts';

const stateFolder = mkdtempSync(join(tmpdir(), 'bearerwatch-clickhouse-'));
const config = clickhouseConfig.parse({ eventSampleRate: 1, retryFirstMs: 1, refusalPatienceMs: 0 });
const never = new AbortController().signal;
let clickhouse: ClickHouse;
let sink: ClickHouseSink;

function delivery(parts: Partial<Delivery>): Delivery {
  return { alerts: [], scores: [], events: [], deadLetters: [], ...parts };
}

async function rows<T = Record<string, unknown>>(query: string): Promise<T[]> {
  return await (await clickhouse.client.query({ query, format: 'JSONEachRow' })).json<T>();
}

async function count(query: string): Promise<number> {
  return Number((await rows<{ n: string }>(`SELECT count() AS n FROM ${query}`))[0]?.n);
}

beforeAll(async () => {
  clickhouse = await openClickHouse(config, stateFolder);
});

afterAll(async () => {
  await sink.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

describe('migrate()', () => {
  it('applies every migration once and records it', async () => {
    const all = loadMigrations().map(({ name }) => name);
    expect(await migrate(clickhouse, config)).toEqual(all);
    expect(await migrate(clickhouse, config)).toEqual([]);
    expect(await count('bearerwatch.migrations FINAL')).toBe(all.length);
    sink = createClickHouseSink(clickhouse, config);
  });

  it('refuses a migration that was changed after it had been applied', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-migrations-'));
    cpSync(join(import.meta.dirname, '../../../schemas/clickhouse'), folder, { recursive: true });
    const first = loadMigrations(folder)[1];
    writeFileSync(join(folder, first?.name ?? ''), `${first?.template}\n-- changed\n`);
    await expect(migrate(clickhouse, config, loadMigrations(folder))).rejects.toThrow(
      /002-alerts\.sql was changed after it had been applied/,
    );
    rmSync(folder, { recursive: true });
  });

  it('refuses a database made by a newer version', async () => {
    await expect(migrate(clickhouse, config, loadMigrations().slice(0, 2))).rejects.toThrow(
      /003-credential-hours\.sql, which this version does not know/,
    );
  });

  it('only checks when told not to migrate', async () => {
    const elsewhere = { ...clickhouse, database: 'elsewhere' };
    await expect(migrate(elsewhere, { ...config, migrate: false })).rejects.toThrow(
      /001-migrations\.sql.*not applied/,
    );
    expect(await count("system.databases WHERE name = 'elsewhere'")).toBe(0);
  });

  it('follows a changed retention', async () => {
    await migrate(clickhouse, { ...config, deadLetterRetentionDays: 7 });
    const [table] = await rows<{ ddl: string }>(
      "SELECT create_table_query AS ddl FROM system.tables WHERE database = 'bearerwatch' AND name = 'dead_letters'",
    );
    expect(table?.ddl).toContain('toIntervalDay(7)');
  });
});

describe('createClickHouseSink() on the embedded database', () => {
  it('keeps exactly one row per alert through repeats, growth and resolution', async () => {
    const { replay } = alertByFamily;
    await sink.deliver(delivery({ alerts: alertFixtures }), never);
    await sink.deliver(delivery({ alerts: alertFixtures }), never);
    await sink.deliver(delivery({ alerts: [later(replay, 5)] }), never);
    await sink.deliver(delivery({ alerts: [resolved(later(replay, 5))] }), never);
    expect(await count('bearerwatch.alerts')).toBe(alertFixtures.length);
    expect(await rows(`SELECT state, events FROM bearerwatch.alerts WHERE id = '${replay.id}'`)).toEqual([
      { state: 'resolved', events: replay.events + 5 },
    ]);
  });

  it('does not go back to an older state that is delivered again after a crash', async () => {
    const { replay } = alertByFamily;
    await sink.deliver(delivery({ alerts: [replay] }), never);
    await sink.deliver(delivery({ alerts: [later(replay, 2)] }), never);
    expect(await rows(`SELECT state FROM bearerwatch.alerts WHERE id = '${replay.id}'`)).toEqual([
      { state: 'resolved' },
    ]);
  });

  it('writes the history of an alert, each state once', async () => {
    const { replay } = alertByFamily;
    const history = await rows<{ state: string; events: number }>(
      `SELECT state, events FROM bearerwatch.alert_history FINAL WHERE alert_id = '${replay.id}' ORDER BY version`,
    );
    expect(history.map(({ state, events }) => `${state} ${events}`)).toEqual([
      'firing 212',
      'firing 214',
      'firing 217',
      'resolved 217',
    ]);
  });

  it('stores scores, dead letters and usage events, and counts a repeat once', async () => {
    const hour = Date.UTC(2026, 2, 3, 3);
    const parts = delivery({
      scores: [
        {
          'credential.id': 'c1',
          hour,
          events: 12,
          score_bits: 3.5,
          threshold_bits: 18,
          families: { replay: 3.5 },
        },
      ],
      deadLetters: [
        {
          reason: 'not-json',
          detail: 'expected JSON',
          at: { kind: 'stdin', line: 4 },
          ingestTimeMs: hour,
          excerpt: '<134>Mar',
          bytes: 90,
        },
      ],
      events: [
        {
          ...emptyUsageEvent(),
          timestampMs: hour + 5,
          eventId: 'e1',
          credentialId: 'c1',
          status: 200,
          clientAsn: -4,
        },
      ],
    });
    await sink.deliver(parts, never);
    await sink.deliver(delivery({ ...parts, alerts: [alertByFamily.scraping] }), never);
    expect(await count('bearerwatch.credential_hours FINAL')).toBe(1);
    expect(await count('bearerwatch.dead_letters FINAL')).toBe(1);
    expect(await count('bearerwatch.usage_events FINAL')).toBe(1);
    expect(
      await rows('SELECT toString(timestamp) AS t, client_asn, status FROM bearerwatch.usage_events FINAL'),
    ).toEqual([{ t: '2026-03-03 03:00:00.005', client_asn: 0, status: 200 }]);
  });

  it('stores hostile text as it is and executes none of it', async () => {
    const hostile = hostileAlert();
    await sink.deliver(delivery({ alerts: [hostile] }), never);
    const [row] = await rows<{ title: string; name: string }>(
      `SELECT title, credential_name AS name FROM bearerwatch.alerts WHERE id = '${hostile.id}'`,
    );
    expect(row?.title).toBe(hostile.title.toWellFormed());
    expect(row?.name).toBe(hostile.credential.name?.toWellFormed());
    expect(await count('bearerwatch.alerts')).toBe(alertFixtures.length + 1);
  });

  it('stores deliveries made at the same time together', async () => {
    const many = Array.from({ length: 60 }, (_, i) => ({ ...alertByFamily.lifecycle, id: `f${i}` }));
    await Promise.all(many.map((alert) => sink.deliver(delivery({ alerts: [alert] }), never)));
    expect(await count("bearerwatch.alerts WHERE startsWith(id, 'f')")).toBe(60);
    expect(sink.figures().waiting).toBe(0);
  });

  it('names a refusal, and is well again when it is mended', async () => {
    await clickhouse.client.command({
      query: 'RENAME TABLE bearerwatch.alert_history TO bearerwatch.hidden',
    });
    await expect(sink.deliver(delivery({ alerts: [later(alertByFamily.replay, 9)] }), never)).rejects.toThrow(
      /a table is missing/,
    );
    expect(sink.problem()).toMatch(/^ClickHouse at .*: .*alert_history.*a table is missing/);
    await clickhouse.client.command({
      query: 'RENAME TABLE bearerwatch.hidden TO bearerwatch.alert_history',
    });
    await sink.deliver(delivery({ alerts: [later(alertByFamily.replay, 9)] }), never);
    expect(sink.problem()).toBeUndefined();
  });

  it('keeps what it stored when it is closed and opened again', async () => {
    await sink.close();
    clickhouse = await openClickHouse(config, stateFolder);
    expect(await migrate(clickhouse, config)).toEqual([]);
    sink = createClickHouseSink(clickhouse, config);
    expect(await count("bearerwatch.alerts WHERE NOT startsWith(id, 'f')")).toBe(alertFixtures.length + 1);
  });
});

describe('createAlertQuery()', () => {
  it('finds an alert by the start of its id and gives it back whole', async () => {
    const query = createAlertQuery(clickhouse);
    expect(await query.findAlert(alertByFamily.scraping.id.slice(0, 6))).toEqual(alertByFamily.scraping);
    expect(await query.findAlert("' OR 1 --")).toBeUndefined();
    expect(await query.findAlert('')).toBeUndefined();
  });

  it('says which alerts fit when the start is ambiguous, and takes a whole id', async () => {
    const query = createAlertQuery(clickhouse);
    await expect(query.findAlert('f')).rejects.toThrow(AmbiguousAlertId);
    expect((await query.findAlert('f1'))?.id).toBe('f1');
  });

  it('lists by state, family and time', async () => {
    const query = createAlertQuery(clickhouse);
    expect((await query.listAlerts({ family: 'out-of-pattern' })).map(({ id }) => id)).toEqual([
      alertByFamily['out-of-pattern'].id,
    ]);
    expect((await query.listAlerts({ state: 'firing', limit: 3 })).length).toBe(3);
    expect(await query.listAlerts({ sinceMs: Date.UTC(2027, 0, 1) })).toEqual([]);
  });
});

describe('docs/clickhouse.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/clickhouse.md'), 'utf8');
  const queries = [...text.matchAll(/([^\n]+):\n\n```sql\n([^`]*(?:`evidence\.\w+`[^`]*)*)```/g)];

  it('has the questions an operator asks', () => {
    expect(queries.length).toBe(7);
  });

  it.each(queries.map(([, question = '', sql = '']) => [question, sql]))('answers: %s', async (_, sql) => {
    // The examples speak of the last days; the fixtures are of 2026-03-03.
    const asOf = sql.replaceAll('now()', "toDateTime('2026-03-04 00:00:00', 'UTC')").replace(/;\s*$/, '');
    expect((await rows(asOf)).length).toBeGreaterThan(0);
  });
});

describe('docs/operations.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  const queries = [...text.matchAll(/`(SELECT [^`]+)`/g)].map(([, sql = '']) => sql);

  it('has a query', () => {
    expect(queries.length).toBeGreaterThan(0);
  });

  it.each(queries)('gives rows: %s', async (sql) => {
    expect((await rows(sql)).length).toBeGreaterThan(0);
  });
});
