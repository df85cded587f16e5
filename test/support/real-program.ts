import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe } from 'vitest';

/** Whether a program is on the path. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Describes a suite that needs real programs. Without them it is skipped with one line that says
 * what is missing; with CI=true the missing part is a failure.
 */
export function describeWith(programs: readonly string[], name: string, suite: () => void): void {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) {
    describe(name, suite);
    return;
  }
  const text = `${name}: ${missing.join(', ')} not installed; npm run setup:integration installs it`;
  if (process.env['CI'] === 'true') throw new Error(text);
  console.warn(`skipped: ${text}`);
  describe.skip(name, suite);
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const port = await openPort();
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}

/** The kernel may offer a port again that nobody has opened yet. */
const given = new Set<number>();

async function openPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface Program {
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Starts a program; it is ended by `stop`, and its output is at hand for a failing test. */
export function startProgram(program: string, args: readonly string[]): Program {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-20_000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(hard);
    },
  };
}

/** Runs a program to its end and gives its output; throws with it when it fails. */
export function runProgram(program: string, args: readonly string[], input = ''): string {
  const { status, stdout, stderr } = spawnSync(program, args, { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout + stderr;
}
