import { describe, expect, it } from 'vitest';
import { emptyUsageEvent } from '../../schemas/usage-event.ts';
import type { Decoder } from '../../src/decode/decoded.ts';
import type { Engine } from '../../src/engine/engine.types.ts';
import { judge } from '../../src/pipeline/judge.ts';
import { placesFrom } from '../../src/pipeline/places.ts';
import type { Batch, RawRecord } from '../../src/sources/source.ts';

/** A record of the word `3*x` is three events. */
const decoder: Decoder = {
  decode({ value }) {
    const [times, word] = value.toString().split('*') as [string, string];
    const events = Array.from({ length: Number(times) }, (_, n) => ({
      ...emptyUsageEvent(),
      eventId: `${word}.${n}`,
      gatewayType: 'word',
    }));
    return { events, refused: [], skipped: events.length === 0 ? 1 : 0 };
  },
};

function batchOf(words: readonly string[]): Batch {
  const records = words.map((word, n): RawRecord => {
    const at = { kind: 'kafka', topic: 't', partition: 0, offset: String(n) } as const;
    return { value: Buffer.from(word), at, ingestTimeMs: n, partition: 't/0' };
  });
  return { records, async commit() {} };
}

function judged(words: readonly string[]) {
  const seen: string[] = [];
  const engine = {
    process({ eventId }, ingestTimeMs, partition, at) {
      if (eventId.startsWith('poison')) throw new Error('division by zero');
      seen.push(`${eventId} ${ingestTimeMs} ${partition} ${at?.kind === 'kafka' ? at.offset : ''}`);
      return 'on-time';
    },
    drain: () => ({ alerts: [], scores: [] }),
  } as Pick<Engine, 'process' | 'drain'> as Engine;
  let timeMs = 0;
  const clock = () => timeMs++;
  const batch = batchOf(words);
  const decodedBatch = { of: (n: number) => decoder.decode(batch.records[n]!), besideMs: 0 };
  const parts = { engine, places: placesFrom(new Map()), keepEvents: true, clock };
  return { seen, ...judge(batch, decodedBatch, parts) };
}

describe('judge()', () => {
  it('judges every event of a large batch once, in order, with the place of its own record', () => {
    const words = Array.from({ length: 4_321 }, (_, n) => `${n % 4}*w${n}`);
    const expected = words.flatMap((_, n) =>
      Array.from({ length: n % 4 }, (__, m) => `w${n}.${m} ${n} t/0 ${n}`),
    );
    const { seen, delivery, figures } = judged(words);
    expect(seen).toEqual(expected);
    expect(delivery.events).toHaveLength(expected.length);
    expect(figures).toMatchObject({ records: 4_321, skipped: 1_081 });
    expect(figures.events.get('word')?.get('on-time')).toBe(expected.length);
  });

  it('sets aside what the engine fails at and judges what was decoded with it', () => {
    const { seen, delivery } = judged(['1*a', '2*poison', '1*b']);
    expect(seen).toEqual(['a.0 0 t/0 0', 'b.0 2 t/0 2']);
    expect(delivery.deadLetters.map(({ reason, at }) => [reason, at])).toEqual(
      [1, 1].map(() => ['internal-error', { kind: 'kafka', topic: 't', partition: 0, offset: '1' }]),
    );
  });

  it('gives decoding and judging their own share of the time', () => {
    expect(judged(['1*a'])).toMatchObject({ decodeMs: 1, judgeMs: 1 });
  });
});
