import { describe, expect, it } from 'vitest';
import { colourStyle, linePlot } from '../../src/evaluation/svg.ts';

describe('linePlot()', () => {
  it('gives each of ten series a colour of its own, on a light ground and on a dark one', () => {
    const series = Array.from({ length: 10 }, (_, n) => ({ name: `s${n}`, points: [[0, n / 10]] as const }));
    const plot = linePlot(series, { x: 'x', y: 'y', ticks: ['0'] });
    const used = new Set(plot.match(/stroke:var\(--c\d+\)/g)?.map((found) => found.slice(11, -1)));
    expect(used.size).toBe(10);
    const [light = '', dark = ''] = colourStyle.split('@media');
    for (const ground of [light, dark]) {
      const colours = [...used].map((name) => ground.match(new RegExp(`${name}:(#[0-9a-f]{6})`))?.[1]);
      expect(new Set(colours).size).toBe(10);
      expect(colours).not.toContain(undefined);
    }
  });
});
