import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Alert } from '../../../schemas/alert.ts';
import { type ClickHouseConfig, clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { openClickHouse } from '../../../src/sinks/clickhouse/client.ts';
import { migrate } from '../../../src/sinks/clickhouse/migrate.ts';
import { createAlertQuery } from '../../../src/sinks/clickhouse/query.ts';
import { type ClickHouseSink, createClickHouseSink } from '../../../src/sinks/clickhouse/sink.ts';
import type { Delivery } from '../../../src/sinks/sink.ts';
import { alertByFamily } from '../../fixtures/alerts.ts';
import { clickhouseFront } from './http-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-front-'));
const never = new AbortController().signal;
const isInsert = (statement: string) => statement.startsWith('INSERT');
const diskFull = { code: 243, name: 'NOT_ENOUGH_SPACE', text: 'Cannot reserve 1.00 MiB, not enough space' };
let front: Awaited<ReturnType<typeof clickhouseFront>>;
let sink: ClickHouseSink;
let next = 0;

function config(more: Partial<ClickHouseConfig> = {}): ClickHouseConfig {
  return clickhouseConfig.parse({ url: front.url, retryFirstMs: 5, retryMaxMs: 20, ...more });
}

async function sinkWith(
  more: Partial<ClickHouseConfig> = {},
  nowMs: () => number = Date.now,
): Promise<ClickHouseSink> {
  return createClickHouseSink(await openClickHouse(config(more), folder), config(more), { nowMs });
}

/** An alert of its own for each test, so that counts do not depend on other tests. */
function fresh(): Alert {
  next++;
  return { ...alertByFamily.replay, id: `fault-${next}` };
}

function delivery(...alerts: Alert[]): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

const stored = ({ id }: Alert) => front.count(`bearerwatch.alerts WHERE id = '${id}'`);

beforeAll(async () => {
  front = await clickhouseFront(join(folder, 'server'));
  const clickhouse = await openClickHouse(config(), folder);
  await migrate(clickhouse, config());
  await clickhouse.client.close();
});

beforeEach(async () => {
  sink = await sinkWith();
});

afterEach(async () => {
  front.fail(() => undefined);
  await sink.close();
});

afterAll(async () => {
  await front.stop();
  front.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('createClickHouseSink() on a server', () => {
  it('stores over HTTP and reads back', async () => {
    const alert = fresh();
    await sink.deliver(delivery(alert), never);
    const clickhouse = await openClickHouse(config(), folder);
    expect(await createAlertQuery(clickhouse).findAlert(alert.id)).toEqual(alert);
    await clickhouse.client.close();
  });

  it('waits through an outage, says so, and stores everything once when the server is back', async () => {
    const alerts = Array.from({ length: 5 }, fresh);
    await front.stop();
    let done = 0;
    const delivered = alerts.map(async (alert) => {
      await sink.deliver(delivery(alert), never);
      done++;
    });
    await vi.waitFor(() => expect(sink.figures().retries).toBeGreaterThan(2));
    expect(sink.problem()).toBe(`ClickHouse at ${front.url}: cannot reach it (ECONNREFUSED): is it running?`);
    expect(done).toBe(0);
    await front.start();
    await Promise.all(delivered);
    expect(alerts.map(stored)).toEqual([1, 1, 1, 1, 1]);
    expect(sink.problem()).toBeUndefined();
  });

  it('stores once what was stored although the answer was lost', async () => {
    const alert = fresh();
    let lost = 0;
    front.fail((statement) => (isInsert(statement) && lost++ < 2 ? 'answer-lost' : undefined));
    await sink.deliver(delivery(alert), never);
    expect(lost).toBeGreaterThan(2);
    expect(stored(alert)).toBe(1);
    expect(front.count(`bearerwatch.alert_states WHERE id = '${alert.id}'`)).toBe(1);
  });

  it('does not wait for ever for an answer', async () => {
    await sink.close();
    sink = await sinkWith({ requestTimeoutMs: 150 });
    let hung = 0;
    front.fail((statement) => (isInsert(statement) && hung++ === 0 ? 'hang' : undefined));
    const alert = fresh();
    await sink.deliver(delivery(alert), never);
    // On a machine with much else to do, a good answer may come too late as well.
    expect(sink.figures().failures).toBeGreaterThanOrEqual(1);
    expect(stored(alert)).toBe(1);
  });

  it.each([
    [252, 'TOO_MANY_PARTS', 'Too many parts (300)'],
    [241, 'MEMORY_LIMIT_EXCEEDED', 'Memory limit (total) exceeded'],
    [202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'Too many simultaneous queries'],
  ])('tries again after %i %s', async (code, name, text) => {
    let failed = 0;
    front.fail((statement) => (isInsert(statement) && failed++ < 3 ? { code, name, text } : undefined));
    const alert = fresh();
    await sink.deliver(delivery(alert), never);
    expect(stored(alert)).toBe(1);
    expect(sink.figures().retries).toBe(3);
  });

  it('reports a full disk at once, keeps everything, and goes on when there is room, however late', async () => {
    let nowMs = 0;
    await sink.close();
    sink = await sinkWith({ refusalPatienceMs: 1 }, () => (nowMs += 3_600_000));
    front.fail((statement) => (isInsert(statement) ? diskFull : undefined));
    const alert = fresh();
    const delivered = sink.deliver(delivery(alert), never);
    await vi.waitFor(() => expect(sink.figures().failures).toBeGreaterThan(3));
    expect(sink.problem()).toMatch(
      /^ClickHouse at http:\/\/127\.0\.0\.1:\d+: the disk is full: free some space there/,
    );
    front.fail(() => undefined);
    await delivered;
    expect([stored(alert), sink.problem()]).toEqual([1, undefined]);
  });

  it.each([
    [
      516,
      'AUTHENTICATION_FAILED',
      'bearerwatch: Authentication failed',
      /check clickhouse\.user and clickhouse\.passwordFile/,
    ],
    [16, 'NO_SUCH_COLUMN_IN_TABLE', 'No such column trust in table', /the table lacks a column/],
    [497, 'ACCESS_DENIED', 'Not enough privileges', /grant the user SELECT and INSERT/],
  ])('names the refusal %i, retries it for a while, and then rejects', async (code, name, text, advice) => {
    let nowMs = 0;
    await sink.close();
    sink = await sinkWith({ refusalPatienceMs: 10_000 }, () => (nowMs += 4000));
    front.fail((statement) => (isInsert(statement) ? { code, name, text } : undefined));
    const alert = fresh();
    await expect(sink.deliver(delivery(alert), never)).rejects.toThrow(advice);
    expect(sink.figures().failures).toBe(3);
    expect(sink.problem()).toMatch(advice);
    expect(stored(alert)).toBe(0);
  });

  it('goes on when a refusal is mended in time', async () => {
    const refusal = { code: 516, name: 'AUTHENTICATION_FAILED', text: 'Authentication failed' };
    front.fail((statement) => (isInsert(statement) ? refusal : undefined));
    const alert = fresh();
    const delivered = sink.deliver(delivery(alert), never);
    await vi.waitFor(() => expect(sink.problem()).toContain('Authentication failed'));
    front.fail(() => undefined);
    await delivered;
    expect(stored(alert)).toBe(1);
  });

  it('makes the caller wait when the buffer is full', async () => {
    await sink.close();
    sink = await sinkWith({ maxBufferedRows: 10 });
    front.fail((statement) => (isInsert(statement) ? diskFull : undefined));
    const alerts = Array.from({ length: 20 }, fresh);
    const delivered = Promise.all(alerts.map((alert) => sink.deliver(delivery(alert), never)));
    await sleep(50);
    // Two rows an alert: its state and its history.
    expect(sink.figures().waiting).toBe(10);
    front.fail(() => undefined);
    await delivered;
    expect(alerts.map(stored)).toEqual(alerts.map(() => 1));
  });

  it('gives up what its caller gives up, and still stores the rest', async () => {
    front.fail((statement) => (isInsert(statement) ? diskFull : undefined));
    const [given, kept] = [fresh(), fresh()];
    const stop = new AbortController();
    const first = expect(sink.deliver(delivery(given), stop.signal)).rejects.toThrow('enough');
    const second = sink.deliver(delivery(kept), never);
    await vi.waitFor(() => expect(sink.figures().failures).toBeGreaterThan(0));
    stop.abort(new Error('enough'));
    await first;
    front.fail(() => undefined);
    await second;
    expect([stored(given), stored(kept)]).toEqual([0, 1]);
  });

  it('stores an alert before everything else of its delivery', async () => {
    front.statements.splice(0);
    const hour = Date.UTC(2026, 2, 3, 3);
    await sink.deliver(
      {
        ...delivery(fresh()),
        scores: [{ 'credential.id': 'c', hour, events: 1, score_bits: 1, threshold_bits: 2, families: {} }],
      },
      never,
    );
    const tables = front.statements.filter(isInsert).map((statement) => statement.split(/[. ]/)[3]);
    expect(tables).toEqual(['alert_states', 'alert_history', 'credential_hours']);
  });
});

describe('renderMigration() for a cluster', () => {
  it('replicates every table and runs every statement on the cluster', async () => {
    const { loadMigrations, renderMigration } = await import('../../../src/sinks/clickhouse/migrate.ts');
    const statements = loadMigrations().flatMap((migration) =>
      renderMigration(migration, { database: 'audit', cluster: 'main' }, config()),
    );
    for (const statement of statements) {
      expect(statement).toMatch(
        /^(CREATE (TABLE|VIEW) IF NOT EXISTS|ALTER TABLE) audit\.\w+ ON CLUSTER main/,
      );
      if (statement.startsWith('CREATE TABLE'))
        expect(statement).toContain('ENGINE = ReplicatedReplacingMergeTree');
    }
    expect(statements.join()).not.toContain('{{');
  });
});
