#!/usr/bin/env node
import { ownStdin } from './own-stdin.ts';
import { runProgram } from './program.ts';

/** The only place that ends the process. */
const stdin = ownStdin();
const { stdout, stderr, env, argv } = process;

let outlasts = false;
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // The reader has seen enough (`| head`): that is no failure.
    if (!outlasts) process.exit(0);
  });
}

const exit = (code: number) => process.exit(code);
const outlastReaders = () => {
  outlasts = true;
};
process.exit(await runProgram(argv.slice(2), { stdin, stdout, stderr, env, exit, outlastReaders }));
