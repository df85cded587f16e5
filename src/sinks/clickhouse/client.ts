import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
  ClickHouseLogLevel,
  createClient,
} from '@clickhouse/client';
import type { ClickHouseConfig } from '../../../schemas/config/clickhouse.ts';
import { readSecret, readText } from '../secret.ts';
import { insertBody } from './rows.ts';

/** An open ClickHouse, embedded or a server, with what statements need to know about it. */
export interface ClickHouse {
  readonly client: ClickHouseClient;
  readonly embedded: boolean;
  /** For messages: the folder or the address, without credentials. */
  readonly where: string;
  readonly database: string;
  readonly cluster: string | null;
}

/** The embedded database's folder belongs to another process. */
export class ClickHouseInUse extends Error {}

/**
 * Opens the server when a URL is configured, else the embedded database in `stateFolder`.
 * Throws one clear line when that is impossible; a server that is merely down is not an error here.
 */
export async function openClickHouse(config: ClickHouseConfig, stateFolder: string): Promise<ClickHouse> {
  const { database, cluster } = config;
  if (config.url !== null) {
    const url = new URL(config.url);
    const client = createClient(serverOptions(config, config.url));
    return { client, embedded: false, where: url.origin, database, cluster };
  }
  const path = join(stateFolder, 'clickhouse');
  const client = await openEmbedded(path);
  return { client, embedded: true, where: path, database, cluster: null };
}

function serverOptions(config: ClickHouseConfig, url: string): ClickHouseClientConfigOptions {
  const { caFile, certFile, keyFile } = config.tls;
  if ((certFile === null) !== (keyFile === null)) {
    throw new Error('clickhouse.tls: certFile and keyFile belong together; one of them is missing');
  }
  if (certFile !== null && caFile === null) {
    throw new Error('clickhouse.tls: a client certificate also needs caFile, the authority to trust');
  }
  const pem = (file: string, option: string) => Buffer.from(readText(file, `clickhouse.tls.${option}`));
  const ca = caFile === null ? undefined : pem(caFile, 'caFile');
  const tls =
    ca === undefined
      ? undefined
      : certFile === null || keyFile === null
        ? { ca_cert: ca }
        : { ca_cert: ca, cert: pem(certFile, 'certFile'), key: pem(keyFile, 'keyFile') };
  const password = readSecret(config.password, config.passwordFile, 'clickhouse.passwordFile');
  return {
    url,
    username: config.user,
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    // Every failure comes back as an error and is reported once, in our own words.
    log: { level: ClickHouseLogLevel.OFF },
    application: 'bearerwatch',
    request_timeout: config.requestTimeoutMs,
    max_open_connections: 4,
  };
}

async function openEmbedded(path: string): Promise<ClickHouseClient> {
  let chdb: typeof import('chdb/connection');
  try {
    chdb = await import('chdb/connection');
  } catch (error) {
    throw new Error(
      `clickhouse: the embedded database needs the optional package chdb, which is not usable here (${firstLine(error)}); install it with "npm install chdb" or set clickhouse.url to a server`,
    );
  }
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Error(`clickhouse: cannot make the folder ${path} (${firstLine(error)})`);
  }
  try {
    const connection = chdb.createChdbConnection({ path }) as unknown as NonNullable<
      ClickHouseClientConfigOptions['connection']
    >;
    return createClient({ connection, log: { level: ClickHouseLogLevel.OFF } });
  } catch (error) {
    throw new ClickHouseInUse(
      `clickhouse: cannot open ${path} (${firstLine(error)}); only one process can have it open, so ask the running service over its API instead, or stop it first`,
    );
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}

/**
 * Inserts rows with a deduplication token made of them. Settings stand in the statement, because the embedded
 * connection turns the client's settings into SET statements that stay for later inserts: a token
 * left behind would make it drop the next, different block.
 */
export async function insertRows(
  { client, database, cluster, embedded }: ClickHouse,
  table: string,
  rows: readonly Record<string, unknown>[],
  signal?: AbortSignal,
): Promise<void> {
  const body = insertBody(rows);
  const token = createHash('sha256').update(`${table}\n`).update(body).digest('hex').slice(0, 32);
  const quorum = cluster === null ? '' : ", insert_quorum = 'auto'";
  const query =
    `INSERT INTO ${database}.${table} SETTINGS insert_deduplication_token = '${token}', ` +
    `async_insert = 0, input_format_skip_unknown_fields = 0${quorum} FORMAT JSONEachRow`;
  const { stream } = await client.exec({
    query,
    values: Readable.from([body], { objectMode: false }),
    ...(embedded || signal === undefined ? {} : { abort_signal: signal }),
    ...(embedded ? {} : { clickhouse_settings: { wait_end_of_query: 1 } }),
  });
  for await (const _ of stream) {
    // An insert answers nothing; the socket is free again once the answer has been read.
  }
}
