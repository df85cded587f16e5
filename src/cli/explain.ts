import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import type { ServerConfig } from '../../schemas/config/server.ts';
import { AmbiguousAlertId } from '../alerting/alert-store.ts';
import { alertText } from '../alerting/alert-text.ts';
import { printableJson } from '../alerting/printable.ts';
import type { Config } from '../config/schema.ts';
import { openClickHouse } from '../sinks/clickhouse/client.ts';
import { createAlertQuery } from '../sinks/clickhouse/query.ts';
import { openStateFolder, StateFolderError } from '../state/state-folder.ts';
import { alertFromLines } from './alert-lines.ts';
import { type ConfigFlags, readConfig, withConfigFlags } from './config-flags.ts';
import { colorsOf, type Io, messageOf, print, runFailure, usageFailure } from './io.ts';

interface Flags extends ConfigFlags {
  readonly alerts?: string;
  readonly json?: boolean;
}

/** `explain ID`: one alert for a person at 3 a.m. */
export function explainCommand(io: Io): Command {
  return withConfigFlags(new Command('explain'))
    .description('tell one alert in words, with its evidence')
    .argument('<id>', 'id of the alert, or a beginning of it that no other alert shares')
    .option('--alerts <file>', 'look in alerts written as JSON lines (- for standard input)')
    .option('--json', 'print the alert as one JSON line')
    .addHelpText(
      'after',
      `
The alert is looked up in --alerts FILE when given; else at the running service; else in the ClickHouse
of the configuration or the state folder.

Examples:
  bearerwatch explain 3f9c2ad41be07c55
  bearerwatch replay access.log.gz --alerts alerts.jsonl
  bearerwatch explain 3f9c --alerts alerts.jsonl`,
    )
    .action(async (id: string, flags: Flags) => {
      const found =
        flags.alerts === undefined
          ? await fromService(id, readConfig(flags, io).config)
          : await alertFromLines(flags.alerts, id, io.stdin);
      const text = flags.json === true ? printableJson(found) : alertText(found, colorsOf(io, io.stdout));
      await print(io.stdout, `${text}\n`);
    });
}

/** The embedded database belongs to one process: while the service runs, it is asked instead. */
async function fromService(id: string, config: Config): Promise<Alert> {
  if (config.clickhouse.url !== null) return await fromDatabase(id, config, config.state.dir);
  if (!existsSync(config.state.dir)) {
    throw runFailure(
      `no state folder ${config.state.dir}; name it with --state DIR, or the alerts with --alerts FILE`,
    );
  }
  let folder: ReturnType<typeof openStateFolder>;
  try {
    folder = openStateFolder(config.state.dir);
  } catch (error) {
    if (!(error instanceof StateFolderError)) throw error;
    return await fromApi(id, config.server, error.message);
  }
  try {
    if (!existsSync(folder.path('clickhouse'))) {
      throw runFailure(
        `no alerts are stored in ${folder.dir}; name it with --state DIR, or the alerts with --alerts FILE`,
      );
    }
    return await fromDatabase(id, config, folder.dir);
  } finally {
    folder.release();
  }
}

async function fromDatabase(id: string, config: Config, stateDir: string): Promise<Alert> {
  const clickhouse = await openClickHouse(config.clickhouse, stateDir);
  try {
    const found = await createAlertQuery(clickhouse).findAlert(id);
    if (found === undefined) throw runFailure(`no alert ${id} in ${clickhouse.where}`);
    return found;
  } catch (error) {
    throw error instanceof AmbiguousAlertId ? usageFailure(error.message) : error;
  } finally {
    await clickhouse.client.close();
  }
}

async function fromApi(id: string, server: ServerConfig, busy: string): Promise<Alert> {
  const url = `http://${server.host}:${server.port}/api/v1/alerts/${encodeURIComponent(id)}`;
  let response: Response;
  try {
    const headers: Record<string, string> =
      server.token === null ? {} : { authorization: `Bearer ${server.token}` };
    response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw runFailure(`${busy}; and no service answers at ${new URL(url).origin} (${messageOf(error)})`);
  }
  const body = (await response.json()) as { error?: string };
  if (!response.ok) throw runFailure(`${new URL(url).origin}: ${body.error ?? response.statusText}`);
  return alertSchema.parse(body);
}
