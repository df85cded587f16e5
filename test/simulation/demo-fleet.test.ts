import { describe, expect, test } from 'vitest';
import { type ScenarioId, scenarioById } from '../../src/simulation/attacks/index.ts';
import { demoLive, demoPast, demoStart } from '../../src/simulation/demo-fleet.ts';

const nowMs = Date.UTC(2026, 10, 24, 14, 20);

describe('demoPast', () => {
  const lines = [...demoPast(7, nowMs)];

  test('is three weeks of lines in at least three gateways formats, in order, up to now', () => {
    expect(lines.length).toBeGreaterThan(150_000);
    expect(lines.length).toBeLessThan(250_000);
    expect(new Set(lines.map((line) => line.format))).toEqual(
      new Set(['envoy', 'kong', 'nginx', 'cloudtrail']),
    );
    expect(lines.every((line, i) => i === 0 || line.timeMs >= (lines[i - 1]?.timeMs ?? 0))).toBe(true);
    expect(lines[0]?.timeMs).toBeLessThan(nowMs - 20.9 * 86_400_000);
    expect(nowMs - (lines[lines.length - 1]?.timeMs ?? 0)).toBeLessThan(600_000);
    expect(lines[lines.length - 1]?.timeMs).toBeLessThanOrEqual(nowMs);
    expect(lines.every((line) => line.attack === null)).toBe(true);
  });

  test('every line is one JSON object without a line break', () => {
    for (const { line } of lines.filter((_, i) => i % 501 === 0)) {
      expect(line).not.toContain('\n');
      expect(typeof JSON.parse(line)).toBe('object');
    }
  });

  test('goes on where it stopped when given the first start', () => {
    const laterMs = nowMs + 2 * 3_600_000;
    const startMs = demoStart(nowMs);
    const rest = [...demoPast(7, laterMs, { startMs, sinceMs: nowMs })];
    const first = new Set(lines.map((line) => line.line));
    expect(rest.length).toBeGreaterThan(100);
    expect(rest.every((line) => line.timeMs > nowMs && !first.has(line.line))).toBe(true);
  });
});

describe('demoLive', () => {
  test('shows an attack of every family within twenty seconds', () => {
    const live = demoLive(7, nowMs);
    const seen = new Set<string>();
    for (let second = 1; second <= 20; second++) {
      for (const { attack, timeMs } of live.linesUntil(nowMs + second * 1_000)) {
        expect(timeMs).toBeGreaterThan(nowMs);
        expect(timeMs).toBeLessThanOrEqual(nowMs + second * 1_000);
        if (attack !== null) seen.add(scenarioById(attack as ScenarioId).family);
      }
    }
    expect(seen).toEqual(new Set(['replay', 'scraping', 'out-of-pattern', 'lifecycle']));
  });

  test('gives the same lines whatever the pace of asking', () => {
    const slow = demoLive(7, nowMs);
    const all = slow.linesUntil(nowMs + 240_000).map((line) => line.line);
    const quick = demoLive(7, nowMs);
    const pieces: string[] = [];
    for (let ms = 700; ms < 240_000; ms += 700)
      pieces.push(...quick.linesUntil(nowMs + ms).map((line) => line.line));
    pieces.push(...quick.linesUntil(nowMs + 240_000).map((line) => line.line));
    expect(pieces.length).toBe(all.length);
    expect(new Set(pieces)).toEqual(new Set(all));
  });

  test('goes on with the past: the same credentials, and attacks that never end', () => {
    const live = demoLive(7, nowMs);
    const lines = live.linesUntil(nowMs + 3_600_000);
    expect(lines.filter((line) => line.attack === null).length).toBeGreaterThan(200);
    expect(live.attacks.length).toBeGreaterThan(20);
  });
});
