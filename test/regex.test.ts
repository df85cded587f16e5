import { readdirSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { parse } from 'acorn';
import { checkSync } from 'recheck';
import { describe, expect, it } from 'vitest';

interface Found {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression written in a file, and every one built at run time (source is then null). */
function regexesOf(file: string): { literals: Found[]; built: string[] } {
  const literals: Found[] = [];
  const built: string[] = [];
  const code = stripTypeScriptTypes(readFileSync(file, 'utf8'));
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
    const { type, regex, callee, start } = node as {
      type?: string;
      regex?: { pattern: string; flags: string };
      callee?: { name?: string };
      start?: number;
    };
    const where = () => `${file}:${code.slice(0, start).split('\n').length}`;
    if (type === 'Literal' && regex)
      literals.push({ where: where(), source: regex.pattern, flags: regex.flags });
    if ((type === 'NewExpression' || type === 'CallExpression') && callee?.name === 'RegExp')
      built.push(where());
    for (const value of Object.values(node)) visit(value);
  };
  visit(parse(code, { ecmaVersion: 'latest', sourceType: 'module' }));
  return { literals, built };
}

const files = ['src', 'detectors', 'schemas'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name)),
);
const found = files.map(regexesOf);
const literals = found.flatMap((one) => one.literals);

describe('regular expressions', () => {
  it('are found at all', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(literals.length).toBeGreaterThan(5);
  });

  it('none is built from text at run time, where no checker could see it', () => {
    expect(found.flatMap(({ built }) => built)).toEqual([]);
  });

  it.each(literals)('$where takes linear time on any input: /$source/$flags', ({ source, flags }) => {
    const found = checkSync(source, flags);
    expect(found.status === 'safe' ? found.complexity.type : found.status).toMatch(/^(safe|linear)$/);
  });

  it('the checker knows a bad one', () => {
    expect(checkSync('^(a+)+$', '').status).toBe('vulnerable');
  });
});
