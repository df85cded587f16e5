import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandStreamLines } from '../../bench/real-data/command-streams.ts';
import { dataFolder, dataRows, foundAtFalseShare } from '../../bench/real-data/replay.ts';
import { webBotLines } from '../../bench/real-data/web-bots.ts';

const isThere = existsSync(join(dataFolder, 'command-streams'));
const data = isThere ? describe : describe.skip;
if (!isThere) console.warn(`skipped: no recorded data in ${dataFolder}; set BEARERWATCH_DATA`);

describe('foundAtFalseShare', () => {
  it('lets at most the share of negatives over the threshold', () => {
    const negatives = Array.from({ length: 1000 }, (_, n) => n);
    const { found, threshold } = foundAtFalseShare([2000, 990, 500], negatives, 0.013);
    expect(negatives.filter((n) => n > threshold)).toHaveLength(13);
    expect(found).toBeCloseTo(2 / 3);
  });

  it('finds nothing among equal scores', () => {
    expect(foundAtFalseShare([1, 1], [1, 1, 1], 0.5).found).toBe(0);
  });
});

data('command streams as canonical lines', () => {
  const lines = (isThere ? commandStreamLines() : []).map(
    (line): Record<string, unknown> => JSON.parse(line),
  );

  it('put each labelled block into an hour of its own, in order of time', () => {
    const hours = new Map<string, number>();
    let last = 0;
    for (const line of lines) {
      const timeMs = Date.parse(String(line['timestamp']));
      expect(timeMs).toBeGreaterThanOrEqual(last);
      last = timeMs;
      const hour = `${line['credential.id']} ${Math.floor((timeMs - Date.UTC(2026, 0, 5)) / 3_600_000)}`;
      hours.set(hour, (hours.get(hour) ?? 0) + 1);
    }
    for (const row of dataRows('command-streams/labels-blocks.csv'))
      expect(hours.get(`${row.get('cred')} ${row.get('block')}`)).toBe(100);
  });

  it('say nothing but who and what', () => {
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(
      ['credential.id', 'event.id', 'gateway.type', 'http.route', 'timestamp'].sort(),
    );
  });
});

data('web sessions as canonical lines', () => {
  it('leave out the user agent, which is the label', () => {
    expect(webBotLines().some((line) => line.includes('Mozilla') || line.includes('user_agent'))).toBe(false);
  });
});
