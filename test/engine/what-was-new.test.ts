import { expect, test } from 'vitest';
import { tool } from '../../detectors/examples/agents.ts';
import { call, endOf, steady } from '../../detectors/examples/streams.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { testEngine } from '../support/engine-for-tests.ts';

const habit = { days: 8, perHour: 12, change: (n: number) => tool(n % 3) };
const minuteMs = 60_000;

/** A hijacked agent: new tools between its usual ones, and usual ones at the end. */
function hijacked(engine: Engine) {
  let line = 0;
  const feed = (event: ReturnType<typeof call>) => {
    line += 1;
    engine.process(event, event.timestampMs, 'test', { kind: 'file', path: 'test.log', line });
  };
  for (const event of steady(habit)) feed(event);
  const tools = [
    'read_secret',
    'tool-1',
    'tool-2',
    'run_shell',
    'grant_access',
    'tool-0',
    'tool-1',
    'tool-2',
  ];
  for (const [n, genAiToolName] of [...tools, ...tools.slice(-3)].entries())
    feed(call(endOf(habit) + n * minuteMs, { ...tool(0), genAiToolName }));
  // Quiet for long enough: told once more as it ended.
  feed(call(endOf(habit) + 300 * minuteMs, { credentialId: 'another' }));
  const alert = engine.drain().alerts.at(-1);
  if (alert === undefined) throw new Error('no alert');
  return alert;
}

test('an alert names what was new, though usual calls came after it', () => {
  const { evidence } = hijacked(testEngine());
  const tools = evidence.find(({ detector }) => detector === 'agent-tools');
  expect(tools?.text).toMatch(/\(POST \/mcp (read_secret|run_shell|grant_access)\)$/);
  expect(tools?.credentialFrequency).toBe('UNSEEN');
  expect(tools?.peerFrequency).not.toBe('FREQUENT');
});

test('the last example of an alert is the latest call that was not like those before it', () => {
  const { examples } = hijacked(testEngine());
  expect(examples).toHaveLength(5);
  expect(examples.at(-1)?.event['gen_ai.tool.name']).toBe('grant_access');
});

test('an operation that the few slots forgot is not called new', () => {
  const engine = testEngine();
  const many = { days: 8, perHour: 24, change: (n: number) => tool(n % 12) };
  for (const event of steady(many)) engine.process(event, event.timestampMs, 'test', null);
  const start = endOf(many);
  for (let n = 0; n < 24; n += 1) {
    const event = call(start + n * minuteMs, {
      ...tool(n % 12),
      ...(n % 4 === 3 ? { genAiToolName: 'run_shell' } : {}),
    });
    engine.process(event, event.timestampMs, 'test', null);
  }
  const operations = engine.drain().alerts.at(-1)?.now.operations ?? [];
  expect(operations).toContain('POST /mcp run_shell (new)');
  expect(operations.filter((text) => text.endsWith('(new)'))).toEqual(['POST /mcp run_shell (new)']);
});
