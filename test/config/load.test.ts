import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { problemText } from '../../src/config/problems.ts';
import { configSchema } from '../../src/config/schema.ts';
import { maskSecrets } from '../../src/config/secrets.ts';

const readSecret = (path: string) => {
  throw new Error(`ENOENT: no such file '${path}'`);
};
const nothing = { env: {}, flags: new Map<string, string>(), readSecret };
const file = (text: string) => ({ name: 'bearerwatch.yaml', text });

function problemsOf(text: string, extra: Partial<Parameters<typeof loadConfig>[1]> = {}) {
  const loaded = loadConfig(configSchema, { ...nothing, file: file(text), ...extra });
  return loaded.ok ? [] : loaded.problems.map(problemText);
}

describe('loadConfig()', () => {
  it('gives every default when nothing is set', () => {
    const loaded = loadConfig(configSchema, nothing);
    expect(loaded).toMatchObject({ ok: true, config: { alerts: { perDay: 5 } } });
  });

  it('prefers flags over environment over file over default', () => {
    const text = 'alerts:\n  perDay: 20\n  resolveAfterMs: 120000\nlog:\n  level: warn\n';
    const loaded = loadConfig(configSchema, {
      ...nothing,
      file: file(text),
      env: { BEARERWATCH_ALERTS_PER_DAY: '30', BEARERWATCH_LOG_LEVEL: 'error' },
      flags: new Map([['log.level', 'debug']]),
    });
    if (!loaded.ok) throw new Error(loaded.problems.map(problemText).join('\n'));
    expect(loaded.config.alerts).toEqual({ perDay: 30, resolveAfterMs: 120_000 });
    expect(loaded.config.log).toEqual({ level: 'debug', format: 'auto' });
    expect(Object.fromEntries(loaded.origins)).toEqual({
      'alerts.perDay': 'environment',
      'alerts.resolveAfterMs': 'file',
      'log.level': 'flag',
    });
  });

  it('reports all problems at once, each with line, path and what would be right', () => {
    const text = [
      'alerts:',
      '  perday: 5',
      '  resolveAfterMs: soon',
      'logg:',
      '  level: info',
      'log:',
      '  level: loud',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      'bearerwatch.yaml:3:19: alerts.resolveAfterMs is "soon"; give a whole number, at least 60000',
      'bearerwatch.yaml:2:3: alerts.perday is no option; did you mean alerts.perDay?',
      'bearerwatch.yaml:7:10: log.level is "loud"; give one of trace, debug, info, warn, error, fatal, silent',
      'bearerwatch.yaml:4:1: logg is no option; did you mean log?',
    ]);
  });

  it('says which environment variable holds a wrong value', () => {
    expect(problemsOf('', { env: { BEARERWATCH_ALERTS_PER_DAY: 'many' } })).toEqual([
      'environment BEARERWATCH_ALERTS_PER_DAY: alerts.perDay is "many"; give a number, above 0',
    ]);
  });

  it('refuses an unknown flag with the nearest option', () => {
    expect(problemsOf('', { flags: new Map([['alert.perDay', '3']]) })).toEqual([
      'flag --set: alert.perDay is no option; did you mean alerts.perDay?',
    ]);
  });

  it('only warns about an unknown environment name, since orchestrators inject their own', () => {
    const loaded = loadConfig(configSchema, { ...nothing, env: { BEARERWATCH_PORT: 'tcp://10.0.0.1:9090' } });
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('BEARERWATCH_PORT is no option and is ignored')],
    });
  });

  it('tells where YAML itself is broken', () => {
    expect(problemsOf('alerts:\n  perDay: [1\n')[0]).toMatch(
      /^bearerwatch\.yaml:\d+:\d+: not readable as YAML/,
    );
    expect(problemsOf('just text')).toEqual([
      'bearerwatch.yaml:1:1: expected sections such as `source:` at the top',
    ]);
  });

  it('names the key twice given', () => {
    expect(problemsOf('log:\n  level: info\n  level: warn\n')[0]).toMatch(/^bearerwatch\.yaml:3:3: .*unique/);
  });

  it('reads a list from the environment by commas or as YAML', () => {
    for (const text of ['api://a, api://b', '["api://a", "api://b"]']) {
      const loaded = loadConfig(configSchema, {
        ...nothing,
        env: { BEARERWATCH_LISTS_AUDIENCES: text },
      });
      expect(loaded).toMatchObject({
        ok: true,
        config: { lists: { audiences: ['api://a', 'api://b'] } },
      });
    }
  });

  it('takes an empty section as its defaults', () => {
    expect(loadConfig(configSchema, { ...nothing, file: file('alerts:\n') })).toMatchObject({ ok: true });
  });

  it('survives any text as a file without throwing', () => {
    for (const text of [
      '\u0000',
      '- a\n- b',
      '{',
      '&a *a',
      '? [x]\n: y',
      '%YAML 9.9\n---\n',
      'a: !!binary x',
    ]) {
      expect(() => loadConfig(configSchema, { ...nothing, file: file(text) })).not.toThrow();
    }
  });
});

describe('secrets', () => {
  const schema = z.strictObject({
    kafka: z
      .strictObject({
        user: z.string().optional(),
        password: z.string().optional(),
        passwordFile: z.string().optional(),
        url: z.string().optional(),
        headers: z.record(z.string(), z.string()).default({}),
      })
      .prefault({}),
    hooks: z
      .array(z.strictObject({ token: z.string().optional(), tokenFile: z.string().optional() }))
      .default([]),
  });

  it('are read from a file, without its last line break', () => {
    const loaded = loadConfig(schema, {
      ...nothing,
      file: file('kafka: { passwordFile: /run/secrets/kafka }\nhooks: [{ tokenFile: /run/secrets/hook }]'),
      readSecret: (path) => `${path}-word\n`,
    });
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        kafka: { password: '/run/secrets/kafka-word' },
        hooks: [{ token: '/run/secrets/hook-word' }],
      },
    });
  });

  it('that cannot be read are a problem with line and reason', () => {
    const loaded = loadConfig(schema, { ...nothing, file: file('kafka:\n  passwordFile: /nowhere\n') });
    if (loaded.ok) throw new Error('expected a problem');
    expect(loaded.problems.map(problemText)).toEqual([
      "bearerwatch.yaml:2:17: kafka.passwordFile cannot be read: ENOENT: no such file '/nowhere'",
    ]);
  });

  it('given twice are refused', () => {
    const loaded = loadConfig(schema, {
      ...nothing,
      file: file('kafka: { password: a, passwordFile: b }'),
      readSecret: () => 'c',
    });
    if (loaded.ok) throw new Error('expected a problem');
    expect(loaded.problems.map(problemText)[0]).toContain('kafka.password and passwordFile are both given');
  });

  it('are never repeated in a problem', () => {
    const loaded = loadConfig(schema, { ...nothing, file: file('kafka: { password: [hunter2] }') });
    if (loaded.ok) throw new Error('expected a problem');
    expect(JSON.stringify(loaded.problems)).not.toContain('hunter2');
  });

  it('are masked for printing, also header values and passwords inside URLs', () => {
    const masked = maskSecrets(schema, {
      kafka: {
        user: 'u',
        password: 'p1',
        url: 'https://me:p2@host/x',
        headers: { authorization: 'Bearer p3' },
      },
      hooks: [{ token: 'p4' }],
    });
    expect(JSON.stringify(masked)).not.toMatch(/p[1-4]/);
    expect(masked).toMatchObject({ kafka: { user: 'u', headers: { authorization: '********' } } });
  });
});

it('a missing option within a list is given no name in the environment: none would be read', () => {
  const schema = z.strictObject({
    name: z.string(),
    hooks: z.array(z.strictObject({ url: z.string(), token: z.string().optional() })),
  });
  const loaded = loadConfig(schema, { ...nothing, file: file('hooks: [{ token: a }]') });
  if (loaded.ok) throw new Error('expected a problem');
  const texts = loaded.problems.map(problemText).sort();
  expect(texts).toEqual([
    'bearerwatch.yaml: name is missing; give text (environment: BEARERWATCH_NAME)',
    'bearerwatch.yaml:1:9: hooks[0].url is missing; give text',
  ]);
});
