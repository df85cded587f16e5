#!/usr/bin/env node
import { ownStdin } from './own-stdin.ts';
import { runProgram } from './program.ts';

/** The only place that ends the process. */
const stdin = ownStdin();
const { stdout, stderr, env, argv } = process;

for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has seen enough (`| head`): that is no failure.
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const exit = (code: number) => process.exit(code);
process.exit(await runProgram(argv.slice(2), { stdin, stdout, stderr, env, exit }));
