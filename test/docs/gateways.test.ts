import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { files as pageFiles } from '../../scripts/docs/gateways.ts';
import { files as snippetFiles, snippetPath } from '../../scripts/docs/snippet-files.ts';
import { formats } from '../../src/decode/formats/index.ts';

const root = join(import.meta.dirname, '../..');
const pages = pageFiles();
const snippets = snippetFiles();

describe('the pages of gateways', () => {
  it('are what the formats say about themselves today', () => {
    for (const [path, content] of pages) expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
  });

  it('tell of every format its pitfalls, its snippet and how it was checked', () => {
    const table = pages.get('docs/gateways/README.md') ?? '';
    for (const { id, pitfalls, snippet, verified } of formats) {
      const page = pages.get(`docs/gateways/${id}.md`) ?? '';
      expect(table).toContain(`[${id}](${id}.md)`);
      for (const words of [...pitfalls, snippet.text.trimEnd(), verified]) expect(page).toContain(words);
    }
  });

  it('link only to files that are there', () => {
    for (const [path, content] of pages) {
      for (const [, target = ''] of content.matchAll(/\]\(([^)#:\s]+)[^)]*\)/g))
        expect(existsSync(join(root, dirname(path), target)), `${path} → ${target}`).toBe(true);
    }
  });

  it('promise no caller that the log does not name', () => {
    for (const { id, yields } of formats) {
      if (yields.byDefault.includes('credentialId')) continue;
      expect(pages.get(`docs/gateways/${id}.md`), id).toMatch(
        /\| by default \|.*\| (nothing|`(?!credential\.id)).*\|/,
      );
    }
  });
});

describe('the snippet files', () => {
  it('are the snippets of the formats today', () => {
    for (const [path, content] of snippets)
      expect(readFileSync(join(root, path), 'utf8'), path).toBe(content);
  });

  it('lie where the page says', () => {
    for (const format of formats) {
      expect(snippets.get(snippetPath(format))).toBe(`${format.snippet.text.trimEnd()}\n`);
      expect(pages.get(`docs/gateways/${format.id}.md`)).toContain(snippetPath(format));
    }
  });

  it('are well formed where their language can be read', () => {
    for (const [path, content] of snippets) {
      if (path.endsWith('.json')) expect(() => JSON.parse(content), path).not.toThrow();
      if (path.endsWith('.yaml'))
        for (const { errors } of parseAllDocuments(content)) expect(errors, path).toEqual([]);
    }
  });
});
