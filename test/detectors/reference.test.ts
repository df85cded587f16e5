import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detectors } from '../../detectors/index.ts';
import { files } from '../../scripts/docs/detectors.ts';

const path = 'detectors/README.md';
const page = files().get(path) ?? '';

describe('the reference of detectors', () => {
  it('is what the detectors say about themselves today', () => {
    expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toBe(page);
  });

  it('has a section for every detector, with what it misses and what to do', () => {
    for (const { id, misses, falsePositives, runbook, actions } of detectors) {
      expect(page).toContain(`\n### ${id}\n`);
      const limits = [...misses, ...falsePositives].map(({ limit }) => limit);
      for (const words of [...limits, runbook, ...actions]) expect(page).toContain(words);
    }
  });

  it('has tables whose rows all have as many cells as their head', () => {
    const cells = (line: string) => line.replaceAll('\\|', '').split('|').length;
    const lines = page.split('\n');
    lines.forEach((line, n) => {
      if (line.startsWith('|') && lines[n - 1]?.startsWith('|'))
        expect(cells(line), line).toBe(cells(lines[n - 1] ?? ''));
    });
  });

  it('links only to files that are there', () => {
    const links = [...page.matchAll(/\]\(([^)#]+\.(?:ts|md))\)/g)].map(([, target]) => target ?? '');
    expect(links.length).toBeGreaterThan(detectors.length);
    for (const target of new Set(links)) {
      expect(() => readFileSync(join(import.meta.dirname, '../../detectors', target)), target).not.toThrow();
    }
  });
});
