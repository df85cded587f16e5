import { describe, expect, test } from 'vitest';
import { type FeatureSpec, notMeasured } from '../../src/engine/detector.ts';
import { Habits } from '../../src/engine/habits.ts';
import { RecordLayout } from '../../src/engine/record-layout.ts';
import { freshRecord } from '../support/fresh-record.ts';

const share = {
  name: 'share',
  scale: 'linear',
  shape: 'level',
  text: () => '',
} satisfies FeatureSpec;
const count = { ...share, name: 'count', scale: 'log1p', shape: 'total' } satisfies FeatureSpec;
const prior = { mean: [0.3, 1], variance: [0.01, 1] };

function habits(specs: readonly FeatureSpec[] = [share, count]) {
  const layout = new RecordLayout();
  const own = new Habits(layout, specs, 1, prior);
  freshRecord(layout);
  const residuals = (values: readonly number[], hours: number) => {
    const into = new Float64Array(2);
    own.residuals(Float64Array.from(values), 0, hours, into);
    return [...into];
  };
  return { own, residuals };
}

describe('a level that was not measured', () => {
  test('is no evidence, whatever the habit', () => {
    const { own, residuals } = habits();
    for (let hour = 0; hour < 50; hour += 1) own.learn(Float64Array.of(0.3, 1), 0, hour, 1);
    expect(residuals([notMeasured, 1], 50)[0]).toBe(0);
    expect(residuals([0, 1], 50)[0]).toBeLessThan(-1);
  });

  test('teaches nothing: its first measure is held against the type, not against 0', () => {
    const { own, residuals } = habits();
    for (let hour = 0; hour < 50; hour += 1) own.learn(Float64Array.of(notMeasured, 1), 0, hour, 1);
    expect(residuals([0.3, 1], 50)[0]).toBeCloseTo(0, 6);
    expect(residuals([0.9, 1], 50)[0]).toBeGreaterThan(3);
  });

  test('is kept in the record as what it is', () => {
    const { own } = habits();
    const kept = new Float64Array(2);
    own.keep(Float64Array.of(notMeasured, 2));
    own.kept(kept);
    expect(kept[0]).toBeNaN();
    expect(kept[1]).toBeCloseTo(2, 2);
    own.keep(Float64Array.of(-1e9, 1e9));
    own.kept(kept);
    expect([...kept]).toEqual([-64, 64]);
  });
});

describe('what most credentials never have any of', () => {
  const spent = { ...count, name: 'spent', sparse: true } satisfies FeatureSpec;

  test('is held against those of the type that have, and their mean is not lowered by all the others', () => {
    const [dense, sparse] = [habits([share, count]), habits([share, spent])];
    for (const { own } of [dense, sparse])
      for (let hour = 0; hour < 400; hour += 1)
        own.learn(Float64Array.of(0.3, hour % 20 === 0 ? 4 : 0), 0, 0, 1);
    const first = ({ residuals }: ReturnType<typeof habits>) => residuals([0.3, 4], 0)[1] as number;
    expect(first(sparse)).toBeLessThan(1.5);
    expect(first(dense)).toBeGreaterThan(3);
  });

  test('is news for a credential that had none of it for long', () => {
    const { own, residuals } = habits([share, spent]);
    for (let hour = 0; hour < 200; hour += 1) own.learn(Float64Array.of(0.3, 0), 0, hour, 1);
    expect(residuals([0.3, 4], 200)[1]).toBeGreaterThan(5);
  });
});

test('what was not measured has no rank, and makes nobody else rarer', () => {
  const rank = { ...count, name: 'rank', scale: 'rank', rankOf: 'count' } satisfies FeatureSpec;
  const layout = new RecordLayout();
  const own = new Habits(layout, [count, rank], 1, prior);
  freshRecord(layout);
  const rankOf = (raw: number) => {
    const into = new Float64Array(2);
    own.scale(Float64Array.of(raw, raw), 0, into);
    return into[1] as number;
  };
  for (let hour = 0; hour < 100; hour += 1) own.learn(Float64Array.of(Math.log1p(10), 0), 0, 0, 1);
  const before = rankOf(1_000);
  for (let hour = 0; hour < 100; hour += 1) own.learn(Float64Array.of(notMeasured, notMeasured), 0, 0, 1);
  expect(rankOf(1_000)).toBe(before);
  expect(before).toBeGreaterThan(4);
  expect(rankOf(notMeasured)).toBeNaN();
});

describe('what holds earlier hours too', () => {
  const day = { ...count, name: 'day', carriedBy: ['share'] } satisfies FeatureSpec;

  test('counts in an hour that shows more of it, and is over with it', () => {
    const { residuals } = habits([share, day]);
    expect(residuals([0.5, 4], 0)[1]).toBeGreaterThan(2);
    expect(residuals([0.3, 4], 0)[1]).toBe(0);
    expect(residuals([notMeasured, 4], 0)[1]).toBe(0);
  });

  test('counts always where nothing measures what carries it', () => {
    expect(habits([{ ...share, name: 'other' }, day]).residuals([0.3, 4], 0)[1]).toBeGreaterThan(2);
  });
});
