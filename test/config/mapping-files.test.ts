import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseMapping, readMappings } from '../../src/config/mapping-files.ts';
import { problemText } from '../../src/config/problems.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'bearerwatch-mappings-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const good = (name: string) => `version: 1\nname: ${name}\nfields:\n  timestamp: ts\n  url.path: path\n`;

function problems(text: string): string[] {
  const read = parseMapping('m.yaml', text);
  return 'problems' in read ? read.problems.map(problemText) : [];
}

describe('parseMapping()', () => {
  it('takes the short forms of a place', () => {
    const read = parseMapping('m.yaml', `${good('home')}  http.route: [a.b, c]\ntoken: authz\n`);
    expect(read).toMatchObject({ problems: [expect.objectContaining({ path: 'token' })] });
    expect(parseMapping('m.yaml', `${good('home')}  http.route: [a.b, c]\n`)).toMatchObject({
      mapping: {
        fields: { timestamp: { path: 'ts', coerce: 'any-time' }, 'http.route': { paths: ['a.b', 'c'] } },
      },
    });
  });

  it('names file, line, field and the nearest right one, all problems at once', () => {
    const text = [
      'version: 1',
      'name: Home',
      'when:',
      '  - path: app',
      '    equal: x',
      'fields:',
      '  timestamp: { path: ts, coerce: epoch }',
      '  http.request.methd: verb',
      '  duration_ms:',
      '    path: a..b',
      '    coerce: sec',
      '  url.path: {}',
      '  http.route: { path: a, paths: [b] }',
      'credentials:',
      '  path: key',
    ].join('\n');
    expect(problems(text).sort()).toEqual([
      'm.yaml:10:11: fields.duration_ms.path has an empty step; write names with one dot between them, such as request.path',
      'm.yaml:11:13: fields.duration_ms.coerce is "sec"; give one of milliseconds, seconds, microseconds, nanoseconds, go-duration',
      'm.yaml:12:13: fields.url.path says nothing; give path, paths or constant',
      'm.yaml:13:15: fields.http.route has both path and paths; keep one of them',
      'm.yaml:14:1: credentials is no option; did you mean credential?',
      'm.yaml:2:7: name must be lower-case letters, digits and hyphens, begin with a letter and have at most 48 of them',
      'm.yaml:5:5: when[0].equal is no option; did you mean when[0].equals?',
      'm.yaml:7:34: fields.timestamp.coerce is "epoch"; give one of any-time, epoch-s, epoch-ms, epoch-us, epoch-ns, rfc3339',
      'm.yaml:8:3: fields.http.request.methd is no option; did you mean fields.http.request.method?',
    ]);
  });

  it('says what is missing', () => {
    expect(problems('')).toEqual([
      'm.yaml: version is missing; give 1',
      'm.yaml: name is missing; give text',
      'm.yaml: fields.timestamp is missing; give a section with the options path, paths, constant, coerce',
    ]);
    expect(problems('version: 1\nname: a\nfields: {}\n')).toEqual([
      'm.yaml:3:1: fields.timestamp is missing; give a section with the options path, paths, constant, coerce',
    ]);
    expect(problems('version: 2\nname: a\nfields: { timestamp: t }\n')).toEqual([
      'm.yaml:1:10: version is 2; give 1',
    ]);
  });

  it('what is no YAML, or no section, is told with its place', () => {
    expect(problems('- a\n')).toEqual(['m.yaml:1:1: expected sections such as `fields:` at the top']);
    expect(problems('a: [\n')[0]).toMatch(/^m\.yaml:\d+:\d+: not readable as YAML: /);
    expect(problems('a: *b\n')[0]).toMatch(/^m\.yaml: not readable as YAML: Unresolved alias/);
  });

  it('any text gives a mapping or a reason, never an exception', () => {
    const word = fc.constantFrom(
      'version: 1',
      'name: a',
      'fields:',
      '  timestamp: ts',
      '  __proto__: x',
      'constructor: {a: 1}',
      '&a',
      '*a',
      '- x',
      '? [a]',
      ': b',
      'when: [{path: a, equals: [1, {}]}]',
      '<<: *a',
      '  timestamp: {path: {}, constant: []}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((lines) => lines.join('\n')),
        ),
        (text) => {
          const read = parseMapping('m.yaml', text);
          if ('problems' in read) expect(read.problems.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('readMappings()', () => {
  it('reads files in the order given and folders by name, and nothing but .yaml and .yml', () => {
    mkdirSync(join(dir, 'some'));
    writeFileSync(join(dir, 'some', 'b.yml'), good('b'));
    writeFileSync(join(dir, 'some', 'a.yaml'), good('a'));
    writeFileSync(join(dir, 'some', 'a.yaml.bak'), 'nonsense');
    writeFileSync(join(dir, 'z.yaml'), good('z'));
    const { mappings, problems } = readMappings([join(dir, 'z.yaml'), join(dir, 'some')], []);
    expect(problems).toEqual([]);
    expect(mappings.map(({ mapping }) => mapping.name)).toEqual(['z', 'a', 'b']);
  });

  it('refuses a name that a built-in format or another mapping has', () => {
    writeFileSync(join(dir, 'kong.yaml'), good('kong'));
    const file = join(dir, 'kong.yaml');
    expect(readMappings([file], ['kong']).problems.map(problemText)).toEqual([
      `${file}: name is kong, which is that of a built-in format; choose another`,
    ]);
    expect(readMappings([file, file], []).problems).toHaveLength(1);
  });

  it('says of a file that is not there, an empty folder and a log named by mistake what is wrong', () => {
    mkdirSync(join(dir, 'empty'));
    writeFileSync(join(dir, 'big.yaml'), '#'.repeat(1_048_577));
    const texts = readMappings(
      [join(dir, 'none.yaml'), join(dir, 'empty'), join(dir, 'big.yaml')],
      [],
    ).problems;
    expect(texts.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^mapping cannot be read: ENOENT/),
      'mapping cannot be read: the folder has no .yaml file',
      'mapping cannot be read: 1048577 bytes is too long for a mapping; is it a log?',
    ]);
  });
});
