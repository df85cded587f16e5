import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach } from 'vitest';

const made = () => mkdtempSync(join(tmpdir(), 'bearerwatch-'));
const remove = (folder: string) => rmSync(folder, { recursive: true, force: true });

/** A folder of its own for each test. */
export function folderForEachTest(): () => string {
  let folder = '';
  beforeEach(() => {
    folder = made();
  });
  afterEach(() => remove(folder));
  return () => folder;
}

/** A folder until the suite's end. */
export function folderForSuite(): string {
  const folder = made();
  afterAll(() => remove(folder));
  return folder;
}
