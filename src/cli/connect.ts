import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import type { Config } from '../config/schema.ts';
import { openClickHouse } from '../sinks/clickhouse/client.ts';
import { classify } from '../sinks/clickhouse/failure.ts';
import { openStateFolder } from '../state/state-folder.ts';
import { messageOf } from './io.ts';
import { kafkaChecks } from './kafka-checks.ts';

export interface ConnectionCheck {
  readonly part: string;
  /** Resolves with what was found; rejects with what is wrong. */
  check(): Promise<string>;
}

const timeoutMs = 10_000;

/** One check for every part the configuration names. Nothing is written anywhere. */
export function connectionChecks(config: Config): readonly ConnectionCheck[] {
  const { source, clickhouse, alertmanager, webhook } = config;
  const checks: ConnectionCheck[] = [
    {
      part: 'state folder',
      async check() {
        const { dir } = config.state;
        if (!existsSync(dir)) {
          const parent = nearestFolder(resolve(dir));
          await access(parent, constants.W_OK);
          return `${dir} will be made in ${parent}`;
        }
        const folder = openStateFolder(dir);
        folder.release();
        return `${folder.dir} is writable and free`;
      },
    },
  ];
  checks.push(...kafkaChecks(config));
  for (const path of source.file?.paths ?? [])
    checks.push({ part: 'file', check: () => readable(path, source.file?.follow !== false) });
  if (clickhouse.enabled && clickhouse.url !== null)
    checks.push({ part: 'clickhouse', check: () => pingClickHouse(config) });
  for (const url of alertmanager.urls) checks.push({ part: 'alertmanager', check: () => reach(url) });
  for (const { url } of webhook.endpoints) checks.push({ part: 'webhook', check: () => reach(url) });
  return checks;
}

/** A file that is followed may come later; one that is read once must be there. */
async function readable(path: string, isFollowed: boolean): Promise<string> {
  try {
    await access(path, constants.R_OK);
    return `${path} can be read`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !isFollowed) throw error;
    return `${path} is not there yet; it is read once it is`;
  }
}

async function pingClickHouse(config: Config): Promise<string> {
  const { client, where } = await openClickHouse(config.clickhouse, config.state.dir);
  try {
    const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
    const [row] = await result.json<{ version: string }>();
    return `${where} answers, version ${row?.version ?? 'unknown'}`;
  } catch (error) {
    throw new Error(`${where}: ${classify(error).text}`);
  } finally {
    await client.close();
  }
}

/** A connection and no request: a test alert would wake somebody. */
function reach(address: string): Promise<string> {
  const url = new URL(address);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${url.origin} cannot be reached (${why})`));
    };
    socket.on('connect', () => {
      socket.destroy();
      resolve(`${url.origin} can be reached`);
    });
    socket.on('timeout', () => fail(`no answer in ${timeoutMs / 1000} s`));
    socket.on('error', (error) => fail((error as NodeJS.ErrnoException).code ?? messageOf(error)));
  });
}

function nearestFolder(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) || parent === path ? parent : nearestFolder(parent);
}
