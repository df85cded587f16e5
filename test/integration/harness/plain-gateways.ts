import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { vi } from 'vitest';
import type { Format } from '../../../src/decode/format.ts';
import { caddy } from '../../../src/decode/formats/caddy.ts';
import { haproxy } from '../../../src/decode/formats/haproxy.ts';
import { nginx } from '../../../src/decode/formats/nginx.ts';
import { freePort, type Program, runProgram, startProgram } from '../../support/real-program.ts';

/** A gateway that answers itself: 401 at /denied, a basic login at /basic/, else 200. */
export interface PlainGateway {
  readonly port: number;
  /** Its access log's lines so far, as they are. */
  lines(): string[];
  output(): string;
  stop(): Promise<void>;
}

/** The key that the snippets' tables know. */
export const knownKey = 'the-key-of-client-1';
export const login = { user: 'ada', password: 'a-pass-phrase' };

/** The snippet with the log where the test wants it. */
function snippetOf({ snippet }: Format, from: string, to: string): string {
  if (!snippet.text.includes(from)) throw new Error(`the snippet does not name ${from}`);
  return snippet.text.replaceAll(from, to);
}

export async function startNginx(folder: string): Promise<PlainGateway & { combined(): string[] }> {
  const port = await freePort();
  const log = join(folder, 'access.log');
  const combined = join(folder, 'combined.log');
  mkdirSync(folder, { recursive: true });
  // The workers of a root's NGINX are another user, who must reach the folder.
  for (const open of [dirname(folder), folder]) chmodSync(open, 0o755);
  const hash = runProgram('openssl', ['passwd', '-apr1', login.password]).trim();
  writeFileSync(join(folder, 'users'), `${login.user}:${hash}\n`, { mode: 0o644 });
  mkdirSync(join(folder, 'www/basic'), { recursive: true });
  writeFileSync(join(folder, 'www/basic/1'), 'ok');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${folder}/${what};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr; events {}
http {
  ${temporary.join(' ')}
  ${snippetOf(nginx, '/var/log/nginx/bearerwatch.log', log)}
  server {
    listen 127.0.0.1:${port};
    access_log ${log} bearerwatch;
    access_log ${combined} combined;
    location = /denied { return 401; }
    location /basic/ { auth_basic basic; auth_basic_user_file ${folder}/users; root ${folder}/www; }
    location / { return 200 ok; }
  }
}
`,
  );
  const program = startProgram('nginx', ['-e', 'stderr', '-c', join(folder, 'nginx.conf')]);
  return { ...(await started(program, port, () => linesOf(log))), combined: () => linesOf(combined) };
}

/** With `text`, option httplog in place of the snippet. */
export async function startHaproxy(folder: string, { text = false } = {}): Promise<PlainGateway> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `global
  log stdout len 65535 format raw local0
defaults
  mode http
  log global
  timeout client 5s
  timeout server 5s
  timeout connect 2s
frontend in
  bind 127.0.0.1:${port}
${text ? 'option httplog' : snippetOf(haproxy, '\n', '\n  ')}
  http-request return status 401 if { path /denied }
  http-request return status 200 content-type text/plain string ok
`,
  );
  const program = startProgram('env', [
    `BEARERWATCH_LOG_KEY=${Buffer.alloc(32, 7).toString('base64')}`,
    'haproxy',
    '-db',
    '-f',
    join(folder, 'haproxy.cfg'),
  ]);
  return await started(program, port, () =>
    program
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{') || line.includes(' in in/')),
  );
}

/** With `withKeys`, the part of the snippet for Caddy 2.8 and later is switched on. */
export async function startCaddy(
  folder: string,
  { program = 'caddy', withKeys = false } = {},
): Promise<PlainGateway> {
  const port = await freePort();
  const log = join(folder, 'access.log');
  mkdirSync(folder, { recursive: true });
  const snippet = snippetOf(caddy, '/var/log/caddy/access.log', log);
  const hash = runProgram(program, ['hash-password', '--plaintext', login.password]).trim();
  writeFileSync(
    join(folder, 'Caddyfile'),
    `{
  admin off
  auto_https off
}
http://:${port} {
bind 127.0.0.1
${withKeys ? withItsEnd(snippet) : snippet}
basicauth /basic/* {
  ${login.user} ${hash}
}
respond /denied 401
respond ok
}
`,
  );
  const running = startProgram('env', [
    `XDG_DATA_HOME=${folder}`,
    `XDG_CONFIG_HOME=${folder}`,
    program,
    'run',
    '--config',
    join(folder, 'Caddyfile'),
    '--adapter',
    'caddyfile',
  ]);
  return await started(running, port, () => linesOf(log));
}

/** The lines after the heading for keys are comments, to be taken out of them. */
function withItsEnd(snippet: string): string {
  const heading = snippet.indexOf('\n', snippet.indexOf('# For API keys'));
  return snippet.slice(0, heading) + snippet.slice(heading).replaceAll('\n#', '\n');
}

/** Caddy 2.11 where it is built, which Debian's is not. */
export const newCaddy = resolve(
  process.env['BEARERWATCH_INTEGRATION_HOME'] ?? '.integration',
  'caddy/bin/caddy',
);

async function started(program: Program, port: number, lines: () => string[]): Promise<PlainGateway> {
  await vi.waitFor(
    async () => {
      if ((await fetch(`http://127.0.0.1:${port}/up`)).status !== 200) throw new Error('not up');
    },
    { timeout: 40_000, interval: 100 },
  );
  return {
    port,
    lines: () =>
      lines().filter((line) => !line.includes('/up"') && !line.includes('\\/up"') && !line.includes('/up ')),
    output: () => program.output(),
    stop: () => program.stop(),
  };
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'latin1')
    .split('\n')
    .filter((line) => line !== '');
}
