import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { alert as alertSchema } from '../../schemas/alert.ts';
import { stdoutConfig } from '../../schemas/config/stdout.ts';
import type { Delivery } from '../../src/sinks/sink.ts';
import { createStdoutSink } from '../../src/sinks/stdout.ts';
import { alertByFamily, alertFixtures, hostileAlert, later, resolved } from '../fixtures/alerts.ts';

const never = new AbortController().signal;
const { replay } = alertByFamily;

function collector(isTTY = false) {
  const chunks: string[] = [];
  const out = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { out: Object.assign(out, { isTTY }), text: () => chunks.join('') };
}

function delivery(alerts: Delivery['alerts']): Delivery {
  return { alerts, scores: [], events: [], deadLetters: [] };
}

describe('createStdoutSink()', () => {
  it('prints an incident when it is raised, when it grows worse and when it is resolved, and not in between', async () => {
    const { out, text } = collector();
    const sink = createStdoutSink(stdoutConfig.parse({}), out, {});
    await sink.deliver(delivery([replay]), never);
    await sink.deliver(delivery([later(replay, 3)]), never);
    await sink.deliver(delivery([{ ...replay, detectors: [...replay.detectors, 'bulk-egress'] }]), never);
    await sink.deliver(delivery([resolved(replay)]), never);
    await sink.deliver(delivery([resolved(replay)]), never);
    expect(text().match(/^[A-Z]+ replay/gm)).toEqual([
      'CRITICAL replay',
      'CRITICAL replay',
      'RESOLVED replay',
    ]);
  });

  it('prints every state as one JSON line that parses to the alert', async () => {
    const { out, text } = collector(true);
    const sink = createStdoutSink(stdoutConfig.parse({ format: 'json' }), out, {});
    const alerts = [...alertFixtures, later(replay, 1), hostileAlert()];
    await sink.deliver(delivery(alerts), never);
    const lines = text().trimEnd().split('\n');
    expect(lines.map((line) => alertSchema.parse(JSON.parse(line)))).toEqual(alerts);
  });

  it.each([
    ['auto', true, {}, true],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', false, {}, false],
    ['always', false, { NO_COLOR: '1' }, true],
    ['never', true, {}, false],
  ] as const)(
    'color %s, terminal %s, environment %j: colours %s',
    async (color, isTTY, environment, colored) => {
      const { out, text } = collector(isTTY);
      await createStdoutSink(stdoutConfig.parse({ color }), out, environment).deliver(
        delivery([replay]),
        never,
      );
      expect(text().includes('\u001b[')).toBe(colored);
    },
  );

  it('rejects and says so when the reader has gone', async () => {
    const gone = new Writable({
      write(_chunk, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
      },
    });
    const sink = createStdoutSink(stdoutConfig.parse({}), gone, {});
    await expect(sink.deliver(delivery([replay]), never)).rejects.toThrow(/cannot write \(EPIPE\)/);
    expect(sink.problem()).toMatch(/is its reader gone/);
  });
});
