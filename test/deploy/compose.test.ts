import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { envoyProgram, gatewayConfig } from '../integration/harness/envoy.ts';
import { describeWith, runProgram } from '../support/real-program.ts';

interface Composition {
  readonly services: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly healthcheck?: unknown;
        readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
        readonly volumes?: readonly string[];
        readonly read_only?: boolean;
      }
    >
  >;
}

const composition = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Composition;
const services = Object.entries(composition.services);
/** They do their work and end. */
const oneShot = ['setup', 'topics'];

describe('docker-compose.yml', () => {
  it('pins every image to a version', () => {
    for (const [name, { image }] of services) expect(image, name).toMatch(/:v?\d+\.\d+/);
  });

  it('has a health check for whatever keeps running, and waits for conditions, not for starts', () => {
    for (const [name, { healthcheck, depends_on }] of services) {
      if (!oneShot.includes(name)) expect(healthcheck, name).toBeDefined();
      for (const [needed, { condition }] of Object.entries(depends_on ?? {}))
        expect(condition, `${name} on ${needed}`).toBe(
          oneShot.includes(needed) ? 'service_completed_successfully' : 'service_healthy',
        );
    }
  });

  it('runs the service with a read-only root, from an image that is not root and checks its health', () => {
    expect(composition.services['bearerwatch']?.read_only).toBe(true);
    const image = readFileSync('Dockerfile', 'utf8');
    expect(image).toMatch(/^USER 10001:10001$/m);
    expect(image).toMatch(/^HEALTHCHECK /m);
    expect(image).toContain('node_modules/chdb');
  });
});

describeWith(['docker-compose'], 'docker-compose config', () => {
  it('accepts the file', () => {
    expect(runProgram('docker-compose', ['config', '-q'])).toBe('');
  });
});

describeWith(['openssl', 'rsyslogd', 'nginx', ...envoyProgram.needed], 'what the composition mounts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearerwatch-compose-'));

  beforeAll(
    () => void runProgram('sh', ['deploy/compose/setup.sh', join(folder, 'generated'), folder, folder]),
  );
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('envoy.yaml passes envoy --mode validate', () => {
    const file = join(folder, 'envoy.yaml');
    writeFileSync(file, gatewayConfig({ folder, listen: 8443, admin: 9901, api: 8080 }));
    expect(runProgram(envoyProgram.path, ['--mode', 'validate', '-c', file])).toContain('OK');
  });

  it('bearerwatch.yaml passes check-config', () => {
    const file = join(folder, 'bearerwatch.yaml');
    const text = readFileSync('deploy/compose/bearerwatch.yaml', 'utf8');
    writeFileSync(file, text.replaceAll('/etc/generated', join(folder, 'generated')));
    runProgram('node_modules/.bin/node', ['src/cli/bearerwatch.ts', 'check-config', file]);
  });

  it('rsyslog.conf passes rsyslogd -N1', () => {
    runProgram('rsyslogd', ['-N1', '-f', 'deploy/compose/rsyslog.conf']);
  });

  it('the log format for NGINX passes nginx -t', () => {
    const file = join(folder, 'nginx.conf');
    writeFileSync(
      file,
      `events {} pid ${folder}/nginx.pid; error_log ${folder}/error.log;
http { include ${join(process.cwd(), 'deploy/gateways/nginx/bearerwatch.conf')};
  access_log ${folder}/access.json bearerwatch; server { listen 127.0.0.1:8081; } }\n`,
    );
    expect(runProgram('nginx', ['-t', '-c', file])).toContain('successful');
  });

  it('setup.sh makes nothing anew that is there', () => {
    const before = readFileSync(join(folder, 'generated/jwks.json'), 'utf8');
    runProgram('sh', ['deploy/compose/setup.sh', join(folder, 'generated'), folder, folder]);
    expect(readFileSync(join(folder, 'generated/jwks.json'), 'utf8')).toBe(before);
    expect(readFileSync(join(folder, 'bearerwatch.xml'), 'utf8')).toMatch(
      /<password_sha256_hex>[0-9a-f]{64}</,
    );
  });
});
