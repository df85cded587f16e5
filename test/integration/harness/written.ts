import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Service } from './service.ts';
import { storedRows } from './stored.ts';

/** The configuration of a service that writes as much as it can, to every place it has. */
export const writesEverything = (folder: string) => ({
  log: { format: 'json', level: 'trace' },
  stdout: { format: 'json' },
  clickhouse: { eventSampleRate: 1 },
  deadLetters: { file: join(folder, 'dead-letters.jsonl') },
  checkpoint: { everyMs: 500 },
});

const pages = ['/metrics', '/', '/api/v1/alerts', '/healthz', '/api/v1/coverage'];

/** Ends the service, and gives everything it has shown and written, by where. */
export async function everythingWritten(service: Service): Promise<Map<string, string>> {
  const written = new Map<string, string>();
  for (const page of pages) {
    const answer = await fetch(`${service.url}${page}`);
    expect(answer.status, page).toBe(200);
    written.set(`page ${page}`, await answer.text());
  }
  expect(await service.stop()).toBe(0);
  written.set('standard output', service.stdout());
  written.set('standard error', service.stderr());
  const { folder } = service;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) written.set(`file ${path.slice(folder.length + 1)}`, readFileSync(path, 'latin1'));
  }
  // Its files are compressed, so what it holds is asked for as well.
  for (const [table, rows] of await storedRows(join(folder, 'state'))) written.set(`table ${table}`, rows);
  return written;
}
