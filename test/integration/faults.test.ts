import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/real-program.ts';
import { plainLines, startService } from './harness/service.ts';

const root = mkdtempSync(join(tmpdir(), 'bearerwatch-faults-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('run, when something is wrong', () => {
  it('ends with 2 and names option, place and remedy of a wrong configuration', async () => {
    const service = await startService({
      folder: join(root, 'config'),
      args: ['-'],
      config: { alerts: { perDya: 3 } },
    });
    expect(await service.ended()).toBe(2);
    expect(service.stderr()).toMatch(/perDya.*perDay/s);
    expect(service.stderr()).not.toContain('    at ');
  });

  it('ends with 1 and one line when its port is taken', async () => {
    const other = createServer();
    await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
    const { port } = other.address() as AddressInfo;
    const service = await startService({
      folder: join(root, 'port'),
      args: ['-'],
      config: { server: { port } },
    });
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toEqual([
      `bearerwatch: server: port ${port} on 127.0.0.1 is taken; choose another server.port or stop the program that has it`,
    ]);
    other.close();
  });

  it('waits for a ClickHouse that is down, says so once, and stops cleanly meanwhile', async () => {
    const port = await freePort();
    const service = await startService({
      folder: join(root, 'clickhouse'),
      args: ['-'],
      config: { clickhouse: { url: `http://127.0.0.1:${port}`, retryFirstMs: 100, retryMaxMs: 200 } },
    });
    await vi.waitFor(() => expect(service.stderr()).toContain('trying again until it answers'), 40_000);
    await new Promise((later) => setTimeout(later, 1000));
    expect(service.stderr().match(/trying again/g)).toHaveLength(1);
    expect(await service.health()).toMatchObject({
      code: 503,
      status: 'unhealthy',
      reasons: [expect.stringContaining(`clickhouse: http://127.0.0.1:${port}: cannot reach it`)],
    });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(503);
    expect(service.stderr()).toContain(`127.0.0.1:${port}`);
    expect(await service.stop()).toBe(0);
  });

  it('ends with a line that names the folder when the state cannot be written', async () => {
    const folder = join(root, 'state');
    writeFileSync(join(root, 'a-file'), '');
    const service = await startService({
      folder,
      args: ['-'],
      config: { state: { dir: join(root, 'a-file', 'state') } },
    });
    expect(await service.ended()).toBe(1);
    expect(plainLines(service.stderr())).toHaveLength(1);
    expect(plainLines(service.stderr())[0]).toContain(
      `state folder ${join(root, 'a-file', 'state')} cannot be used`,
    );
  });
});
