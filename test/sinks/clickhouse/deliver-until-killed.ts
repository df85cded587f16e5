import { clickhouseConfig } from '../../../schemas/config/clickhouse.ts';
import { openClickHouse } from '../../../src/sinks/clickhouse/client.ts';
import { migrate } from '../../../src/sinks/clickhouse/migrate.ts';
import { createClickHouseSink } from '../../../src/sinks/clickhouse/sink.ts';
import { alertByFamily } from '../../fixtures/alerts.ts';

// Delivers one alert after another and prints each id once it has been acknowledged.
const config = clickhouseConfig.parse({});
const clickhouse = await openClickHouse(config, process.argv[2] ?? '');
await migrate(clickhouse, config);
const sink = createClickHouseSink(clickhouse, config);
const first = Number(process.argv[3] ?? 0);
for (let i = first; ; i++) {
  const alert = { ...alertByFamily.replay, id: `killed-${i}` };
  await sink.deliver(
    { alerts: [alert], scores: [], events: [], deadLetters: [] },
    new AbortController().signal,
  );
  process.stdout.write(`${alert.id}\n`);
}
