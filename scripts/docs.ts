import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generators } from './docs/generators.ts';

/**
 * Writes every generated page; with `--check` writes nothing and fails when one is stale, showing the
 * first lines that differ.
 */
const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
let stale = 0;
let pages = 0;

for (const files of generators) {
  for (const [path, content] of files()) {
    pages++;
    const file = join(root, path);
    const present = read(file);
    if (present === content) continue;
    stale++;
    if (check) {
      console.error(`${path} is stale:\n${difference(present, content)}`);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    console.error(`wrote ${path}`);
  }
}

if (check && stale > 0) {
  console.error(`${stale} of ${pages} generated files are stale; run npm run docs`);
  process.exitCode = 1;
} else {
  console.error(`${pages} generated files are up to date`);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function difference(present: string | undefined, content: string): string {
  if (present === undefined) return '  it does not exist';
  const before = present.split('\n');
  const after = content.split('\n');
  const first = after.findIndex((line, index) => line !== before[index]);
  const at = first === -1 ? after.length : first;
  const cut = (lines: readonly string[], mark: string) =>
    lines.slice(at, at + 3).map((line) => `  ${mark} ${line}`);
  return [`  line ${at + 1}:`, ...cut(before, '-'), ...cut(after, '+')].join('\n');
}
