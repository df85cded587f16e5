import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clickhouseConfig } from '../../schemas/config/clickhouse.ts';
import { openClickHouse } from '../../src/sinks/clickhouse/client.ts';
import { classify } from '../../src/sinks/clickhouse/failure.ts';
import { migrate } from '../../src/sinks/clickhouse/migrate.ts';
import { describeWith, freePort, type Program, startProgram } from '../support/real-program.ts';

/**
 * A real server over the wire. The one that distributions carry is too old for the schema (all of
 * it is tested on the embedded database, alone and behind an HTTP front); here it shows what a
 * server itself says on a wrong password, on an old version, and while it is down.
 */
describeWith(['clickhouse-server'], 'openClickHouse() with a real server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-clickhouse-server-'));
  let url = '';
  let program: Program;

  const open = (more: Record<string, unknown> = {}) => {
    const config = clickhouseConfig.parse({ url, user: 'bearerwatch', password: 'right-password', ...more });
    return openClickHouse(config, folder).then((clickhouse) => ({ clickhouse, config }));
  };

  beforeAll(async () => {
    const [http, tcp, replicas] = [await freePort(), await freePort(), await freePort()];
    url = `http://127.0.0.1:${http}`;
    writeFileSync(
      join(folder, 'config.xml'),
      `<yandex>
<logger><level>warning</level><console>1</console></logger>
<listen_host>127.0.0.1</listen_host><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
<interserver_http_port>${replicas}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
<path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>5368709120</mark_cache_size>
</yandex>
`,
    );
    writeFileSync(
      join(folder, 'users.xml'),
      `<yandex><profiles><default/></profiles><quotas><default/></quotas>
<users><bearerwatch><password>right-password</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></bearerwatch></users></yandex>
`,
    );
    program = startProgram('clickhouse-server', [`--config-file=${join(folder, 'config.xml')}`]);
    await vi.waitFor(async () => expect((await fetch(`${url}/ping`)).status, program.output()).toBe(200), {
      timeout: 30_000,
      interval: 200,
    });
  });

  afterAll(async () => {
    await program.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says that a server is too old, and what is needed', async () => {
    const { clickhouse, config } = await open();
    await expect(migrate(clickhouse, config)).rejects.toThrow(
      /^clickhouse: the server at http:\/\/127\.0\.0\.1:\d+ is version 1\d\.[\d.]+, which is too old; version 23 or later is needed$/,
    );
    await clickhouse.client.close();
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, /check clickhouse\.passwordFile/],
    ['an unknown user', { user: 'nobody' }, /check clickhouse\.user/],
  ])('names %s as a refusal', async (_, more, advice) => {
    const { clickhouse, config } = await open(more);
    const failure = await migrate(clickhouse, config).then(
      () => undefined,
      (error: unknown) => classify(error),
    );
    expect(failure).toMatchObject({ kind: 'refused', text: expect.stringMatching(advice) });
    expect(failure?.text).not.toContain('right-password');
    await clickhouse.client.close();
  });

  it('takes a server that has stopped for a failure that passes', async () => {
    const { clickhouse, config } = await open();
    await program.stop();
    const failure = await migrate(clickhouse, config).then(
      () => undefined,
      (error: unknown) => classify(error),
    );
    expect(failure).toEqual({ kind: 'passing', text: 'cannot reach it (ECONNREFUSED): is it running?' });
    await clickhouse.client.close();
  });
});
