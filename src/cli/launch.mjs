#!/usr/bin/env node
// Plain JavaScript, because an older Node cannot read the program itself: it starts the program with the
// Node it is made for, which `npm ci` has put beside it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = 24;
const program = fileURLToPath(new URL('./bearerwatch.ts', import.meta.url));
const pinned = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= needed) {
  await import('./bearerwatch.ts');
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
} else {
  console.error(
    `bearerwatch: needs Node ${needed} or later, this is ${process.versions.node}; run npm ci in its folder, which brings one`,
  );
  process.exitCode = 2;
}
