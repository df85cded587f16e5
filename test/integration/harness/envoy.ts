import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';
import { freePort, isInstalled, type Program, startProgram } from '../../support/real-program.ts';

/** Where setup:integration puts it; on a machine that has Envoy, that one. */
const own = resolve('.integration/envoy/bin/envoy');
const path = isInstalled('envoy') ? 'envoy' : own;

/** `needed` is for describeWith: empty when the program is there. */
export const envoyProgram = { path, needed: path === 'envoy' || existsSync(own) ? [] : ['envoy'] };

export interface GatewayPlaces {
  /** Holds `generated/` (made by deploy/compose/setup.sh) and takes `access.log`. */
  readonly folder: string;
  readonly listen: number;
  readonly admin: number;
  readonly api: number;
}

/** deploy/gateways/envoy/envoy.yaml as it is, but for files and addresses of this machine. */
export function gatewayConfig({ folder, listen, admin, api }: GatewayPlaces): string {
  return readFileSync('deploy/gateways/envoy/envoy.yaml', 'utf8')
    .replaceAll('/etc/envoy/generated', join(folder, 'generated'))
    .replaceAll('/var/log/envoy', folder)
    .replace('address: 0.0.0.0, port_value: 8443', `address: 127.0.0.1, port_value: ${listen}`)
    .replace('port_value: 9901', `port_value: ${admin}`)
    .replace('address: api, port_value: 8080', `address: 127.0.0.1, port_value: ${api}`);
}

export interface Gateway {
  /** Its TLS listener. */
  readonly url: string;
  readonly accessLog: string;
  output(): string;
  stop(): Promise<void>;
}

/** The gateway in front of deploy/compose/api.mjs. */
export async function startGateway(folder: string): Promise<Gateway> {
  mkdirSync(folder, { recursive: true });
  const [listen, admin, api] = [await freePort(), await freePort(), await freePort()];
  const file = join(folder, 'envoy.yaml');
  writeFileSync(file, gatewayConfig({ folder, listen, admin, api }));
  const upstream: Program = startProgram('env', [
    `PORT=${api}`,
    'HOST=127.0.0.1',
    resolve('node_modules/.bin/node'),
    'deploy/compose/api.mjs',
  ]);
  const envoy: Program = startProgram(path, [
    '-c',
    file,
    '--disable-hot-restart',
    '--concurrency',
    '1',
    '--file-flush-interval-msec',
    '200',
    '--log-level',
    'warning',
  ]);
  await vi.waitFor(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${admin}/ready`);
      if (!answer.ok) throw new Error(`Envoy is not ready: ${envoy.output()}`);
      if (!(await fetch(`http://127.0.0.1:${api}/healthz`)).ok) throw new Error('the API is not ready');
    },
    { timeout: 30_000, interval: 200 },
  );
  return {
    url: `https://127.0.0.1:${listen}`,
    accessLog: join(folder, 'access.log'),
    output: () => envoy.output() + upstream.output(),
    async stop() {
      await envoy.stop();
      await upstream.stop();
    },
  };
}
