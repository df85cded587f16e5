import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../support/real-program.ts';

/** The program as people start it, in a process of its own. */
export interface Service {
  readonly url: string;
  readonly folder: string;
  /** Feeds standard input; `null` ends it. */
  write(text: string | Buffer | null): Promise<void>;
  stdout(): string;
  stderr(): string;
  /** Until /readyz says so; throws with the output when the process ends before. */
  ready(timeoutMs?: number): Promise<void>;
  /** The page of metrics, as Prometheus gets it. */
  metrics(): Promise<string>;
  /** Sum of a metric over all its series that have these labels. */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>;
  /** What the health page says, with its status. */
  health(): Promise<{ readonly code: number; readonly reasons: readonly string[] }>;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal's name. */
  ended(): Promise<number | string>;
  /** SIGTERM, then SIGKILL after half a minute. */
  stop(): Promise<number | string>;
}

export interface ServiceOptions {
  /** Holds the configuration file, the state folder and whatever else is written. */
  readonly folder: string;
  /** The configuration as YAML data; state folder and a free port are added when absent. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs through a shell with this in front, e.g. `ulimit -f 100;`. */
  readonly shellPrefix?: string;
}

const program = resolve('src/cli/bearerwatch.ts');
const node = resolve('node_modules/.bin/node');

/** Lines meant for people: what is not the JSON of the log. */
export const plainLines = (stderr: string) =>
  stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));

export async function startService(options: ServiceOptions): Promise<Service> {
  const { folder } = options;
  mkdirSync(folder, { recursive: true });
  const given = (options.config['server'] ?? {}) as { readonly port?: number };
  const port = given.port ?? (await freePort());
  const config = {
    state: { dir: join(folder, 'state') },
    log: { format: 'json' },
    ...options.config,
    server: { ...given, port },
  };
  const file = join(folder, 'bearerwatch.yaml');
  writeFileSync(file, stringify(config));
  const args = [program, 'run', '--config', file, ...(options.args ?? [])];
  const env = { PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1', ...options.env };
  // Standard input is a pipe, as a shell makes it; what Node makes is a socket.
  const command = `exec 3<&0; ${options.shellPrefix ?? ''} exec "$@" < <(exec cat <&3) 3<&-`;
  const child: ChildProcess = spawn('bash', ['-c', command, 'bash', node, ...args], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.on('data', (chunk: Buffer) => {
      printed[stream] += chunk.toString();
    });
  }
  // A program that ended breaks the pipe; its exit is what tests look at.
  child.stdin?.on('error', () => {});
  const ended = new Promise<number | string>((done) =>
    child.once('close', (code, signal) => done(code ?? signal ?? 'unknown')),
  );
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const url = `http://127.0.0.1:${port}`;

  const service: Service = {
    url,
    folder,
    async write(text) {
      const input = child.stdin;
      if (input === null) throw new Error('the service has no standard input');
      if (text === null) {
        input.end();
        return;
      }
      if (isOver) throw new Error(`the service ended: ${printed.stderr}`);
      if (!input.write(text))
        await Promise.race([new Promise((drained) => input.once('drain', drained)), ended]);
    },
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    async ready(timeoutMs = 40_000) {
      const deadline = performance.now() + timeoutMs;
      while (performance.now() < deadline) {
        if (isOver) throw new Error(`the service ended: ${printed.stderr}`);
        try {
          if ((await fetch(`${url}/readyz`)).ok) return;
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
        }
        await new Promise((next) => setTimeout(next, 100));
      }
      throw new Error(`not ready after ${timeoutMs} ms: ${printed.stderr}`);
    },
    async health() {
      const answer = await fetch(`${url}/healthz`);
      return { code: answer.status, ...((await answer.json()) as { reasons: string[] }) };
    },
    metrics: async () => await (await fetch(`${url}/metrics`)).text(),
    async metric(name, labels = {}) {
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return (await service.metrics())
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
        .filter((line) => wanted.every((label) => line.includes(label)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    signal: (name) => void child.kill(name),
    ended: () => ended,
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 30_000);
      const how = await ended;
      clearTimeout(hard);
      return how;
    },
  };
  return service;
}
