import type { ClickHouseConfig } from '../../schemas/config/clickhouse.ts';
import type { Logger } from '../logger.ts';
import { type ClickHouse, openClickHouse } from '../sinks/clickhouse/client.ts';
import { classify } from '../sinks/clickhouse/failure.ts';
import { migrate } from '../sinks/clickhouse/migrate.ts';
import { backoffMs, waitMs } from '../sinks/retry.ts';

/**
 * Opens ClickHouse and brings its tables up to date. A server that cannot be reached yet is waited for;
 * one that refuses ends the start with one clear line.
 */
export async function openDatabase(
  config: ClickHouseConfig,
  stateFolder: string,
  logger: Pick<Logger, 'info' | 'warn'>,
  signal: AbortSignal,
  waitingFor: (problem: string | undefined) => void,
): Promise<ClickHouse> {
  const clickhouse = await openClickHouse(config, stateFolder);
  const backoff = { firstMs: config.retryFirstMs, maxMs: config.retryMaxMs };
  for (let attempt = 0; ; attempt++) {
    try {
      const applied = await migrate(clickhouse, config);
      waitingFor(undefined);
      if (applied.length > 0)
        logger.info({ migrations: applied, where: clickhouse.where }, 'clickhouse: tables are up to date');
      return clickhouse;
    } catch (error) {
      const failure = classify(error);
      const code = typeof (error as { code?: unknown }).code === 'string';
      // Errors without a code are our own words about the state of the migrations.
      if (!code || failure.kind === 'refused') {
        await clickhouse.client.close();
        throw code ? new Error(`clickhouse: ${clickhouse.where}: ${failure.text}`) : error;
      }
      const problem = `clickhouse: ${clickhouse.where}: ${failure.text}; trying again until it answers`;
      if (attempt === 0) logger.warn(problem);
      waitingFor(problem);
      try {
        await waitMs(backoffMs(backoff, attempt), signal);
      } catch (stopped) {
        await clickhouse.client.close();
        throw stopped;
      }
    }
  }
}
