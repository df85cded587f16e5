import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { changesBetween } from '../../src/config/reload.ts';
import { configSchema } from '../../src/config/schema.ts';

function configOf(text: string) {
  const loaded = loadConfig(configSchema, {
    file: { name: 'x', text },
    env: {},
    flags: new Map(),
    readSecret: () => '',
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

it('changesBetween() tells what is taken over from what needs a restart', () => {
  const before = configOf('alerts: { perDay: 10 }');
  const after = configOf(
    'alerts: { perDay: 3, resolveAfterMs: 120000 }\nlog: { level: warn }\nserver: { port: 9000 }\nlists: { audiences: [a] }',
  );
  expect(changesBetween(configSchema, before, after)).toEqual({
    applied: ['alerts.perDay', 'lists.audiences', 'log.level'],
    needRestart: ['alerts.resolveAfterMs', 'server.port'],
  });
});

it('changesBetween() never holds values, which may be secrets', () => {
  const after = configOf('clickhouse: { password: hunter2 }');
  const changes = changesBetween(configSchema, configOf(''), after);
  expect(changes.needRestart).toEqual(['clickhouse.password']);
  expect(JSON.stringify(changes)).not.toContain('hunter2');
});
