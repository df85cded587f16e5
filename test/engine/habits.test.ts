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

function habits() {
  const layout = new RecordLayout();
  const own = new Habits(layout, [share, count], 1, prior);
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
