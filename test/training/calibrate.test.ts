import { describe, expect, it } from 'vitest';
import { calibrate } from '../../src/training/calibrate.ts';

/** Clean days score 0 … n − 1. */
const days = (n: number) => Float32Array.from({ length: n }, (_, day) => day);

describe('calibrate', () => {
  const worlds = [
    {
      cleanDays: days(1000),
      coldDays: days(10),
      episodes: [
        { violation: false, best: 998.5 },
        { violation: false, best: 990 },
        { violation: true, best: 5000 },
      ],
    },
    { cleanDays: days(1000), coldDays: days(10), episodes: [{ violation: false, best: 3 }] },
  ];

  it('reads off the score that so many of 1,000 clean days exceed, over all worlds', () => {
    const { calibration, cleanDays, coldDays } = calibrate(worlds, worlds.slice(0, 1));
    expect(cleanDays).toBe(2000);
    expect(coldDays).toBe(10);
    const bitsAt = new Map(calibration.rates.map(({ perThousand, bits }) => [perThousand, bits]));
    expect(bitsAt.get(1)).toBe(998);
    expect(bitsAt.get(50)).toBe(949);
    expect(calibration.startThresholdBits).toBe(998);
    expect(calibration.coldThresholdBits).toBe(9);
  });

  it('counts what is found of attacks that are judged by behaviour', () => {
    const { figures, attacks } = calibrate(worlds, worlds.slice(0, 1));
    expect(attacks).toBe(3);
    expect(figures['recallAt1']).toBeCloseTo(1 / 3);
    expect(figures['recallAt20']).toBeCloseTo(2 / 3);
  });
});
