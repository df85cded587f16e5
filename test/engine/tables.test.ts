import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EntityStore } from '../../src/engine/entity-store.ts';
import { EventClock } from '../../src/engine/event-clock.ts';
import { PairTable } from '../../src/engine/pair-table.ts';
import { fading, hourly, kept, list, RecordLayout } from '../../src/engine/record-layout.ts';

describe('RecordLayout', () => {
  test('packs owners one after the other and keeps their fields apart', () => {
    const layout = new RecordLayout();
    const a = layout.add('a', { count: kept('u32'), big: kept('f64'), runs: list(3, 'i16') });
    const b = layout.add('b', { day: fading(24), now: hourly() });
    const store = new EntityStore(layout, 10);
    store.locate(1, 1, 1);
    a.count = 7;
    a.big = 2 ** 53 - 1;
    a.runs.set(0, -5);
    a.runs.set(2, 9);
    b.day = 1.5;
    b.now = 2;
    expect([a.count, a.big, a.runs.get(0), a.runs.get(1), a.runs.get(2), b.day, b.now]).toEqual([
      7,
      2 ** 53 - 1,
      -5,
      0,
      9,
      1.5,
      2,
    ]);
    expect(layout.words % 2).toBe(0);
    expect(layout.hourlyWords).toHaveLength(1);
    expect(layout.fadingCells).toMatchObject([{ halfLifeHours: 24 }]);
  });

  test('changes its signature with every change of a field', () => {
    const signature = (width: 'f32' | 'u32') => {
      const layout = new RecordLayout();
      layout.add('a', { x: kept(width) });
      return layout.signature;
    };
    expect(signature('f32')).not.toBe(signature('u32'));
  });
});

describe('EntityStore', () => {
  const make = (maxRecords: number) => {
    const layout = new RecordLayout();
    const state = layout.add('a', { value: kept('u32') });
    return { store: new EntityStore(layout, maxRecords), state };
  };

  test('behaves as a map with least-recently-used eviction', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 }),
        fc.integer({ min: 1, max: 20 }),
        (keys, max) => {
          const { store, state } = make(max);
          const expected = new Map<number, number>();
          keys.forEach((key, n) => {
            // Low halves collide on purpose: probing and deletion must keep chains whole.
            const created = store.locate(key % 3, key, n + 1) < 0;
            expect(created).toBe(!expected.has(key));
            if (!created) expect(state.value).toBe(expected.get(key));
            state.value = n + 1;
            expected.delete(key);
            expected.set(key, n + 1);
            if (expected.size > max) expected.delete(expected.keys().next().value as number);
            expect(store.size).toBe(expected.size);
          });
        },
      ),
    );
  });

  test('drops records idle since before a time, and no others', () => {
    const { store } = make(100);
    for (let n = 1; n <= 10; n += 1) store.locate(n, n, n * 100);
    const dropped: number[] = [];
    store.evictIdle(550, (record) => dropped.push(record));
    expect(dropped).toHaveLength(5);
    expect(store.size).toBe(5);
    expect(store.locate(6, 6, 2000)).toBeGreaterThanOrEqual(0);
    expect(store.locate(5, 5, 2000)).toBeLessThan(0);
  });

  test('gives a reused record back zeroed', () => {
    const { store, state } = make(1);
    store.locate(1, 1, 1);
    state.value = 99;
    store.locate(2, 2, 2);
    expect(state.value).toBe(0);
  });
});

describe('PairTable', () => {
  test('finds what was claimed while there is room, with its amount and mark', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60, selector: (p) => p.join() }),
        (pairs) => {
          const table = new PairTable(4096, 24);
          pairs.forEach(([low, high], n) => {
            const entry = table.claim(low, high, 5);
            table.setAmount(entry, n);
            table.setMark(entry, n + 1);
          });
          pairs.forEach(([low, high], n) => {
            const entry = table.find(low, high);
            expect([table.amount(entry), table.mark(entry), table.lastHour(entry)]).toEqual([n, n + 1, 5]);
          });
        },
      ),
    );
  });

  test('drops the longest unused of a full set, counting only losses that mattered', () => {
    const table = new PairTable(128, 10);
    for (let n = 0; n < 5000; n += 1) table.claim(n, n, 100 + Math.floor(n / 100));
    expect(table.evictions).toBeGreaterThan(4000);
    expect(table.find(4999, 4999)).toBeGreaterThanOrEqual(0);
    const quiet = new PairTable(128, 10);
    for (let n = 0; n < 5000; n += 1) quiet.claim(n, n, 100 + n * 20);
    expect(quiet.evictions).toBeLessThan(10);
  });

  test('restores pages to the same answers', () => {
    const table = new PairTable(1024, 24);
    for (let n = 0; n < 500; n += 1) table.setMark(table.claim(n * 7919, n, 3), n);
    const copy = new PairTable(1024, 24);
    table.forEachDirtyPage((page, bytes) => copy.restorePage(page, bytes));
    for (let n = 0; n < 500; n += 1) expect(copy.find(n * 7919, n)).toBe(table.find(n * 7919, n));
    let pages = 0;
    table.forEachDirtyPage(() => {
      pages += 1;
    });
    expect(pages).toBe(0);
  });
});

describe('EventClock', () => {
  //  0         10        20        30
  //  |---------W---------N             lateness 10
  test('calls an event late only when it is before the watermark', () => {
    const clock = new EventClock(10, 100);
    expect(clock.observe('p', 20, 20)).toBe('on-time');
    expect(clock.observe('p', 10, 21)).toBe('on-time');
    expect(clock.observe('p', 9, 22)).toBe('late');
    expect(clock.observe('p', 30, 30)).toBe('on-time');
    expect(clock.observe('p', 19, 31)).toBe('late');
  });

  test('refuses an event far ahead of its ingest time and lets it move nothing', () => {
    const clock = new EventClock(10, 100);
    clock.observe('p', 20, 20);
    expect(clock.observe('p', 5000, 30)).toBe('refused');
    expect(clock.observe('p', 21, 31)).toBe('on-time');
  });

  test('keeps one clock a partition', () => {
    const clock = new EventClock(10, 1e9);
    clock.observe('fast', 1000, 1000);
    expect(clock.observe('slow', 20, 1000)).toBe('on-time');
  });
});
