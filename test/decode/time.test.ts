import { describe, expect, it } from 'vitest';
import { epochMs } from '../../src/decode/time.ts';

const atMs = Date.UTC(2026, 0, 5, 10, 0, 0, 250);
const secondMs = Date.UTC(2026, 0, 5, 10);

describe('epochMs()', () => {
  it.each([
    [atMs / 1000, atMs],
    [atMs, atMs],
    [atMs * 1e3, atMs],
    [atMs * 1e6, atMs],
    [`${atMs / 1000}`, atMs],
    [`${atMs}`, atMs],
    [`${atMs}000`, atMs],
    [`${atMs}000000`, atMs],
    ['2026-01-05T10:00:00.250Z', atMs],
    ['2026-01-05T10:00:00.2501234Z', atMs],
    ['2026-01-05T11:00:00.250+01:00', atMs],
    ['2026-01-05T11:00:00.250+0100', atMs],
    ['2026-01-05T11:00:00.250+01', atMs],
    ['2026-01-05 10:00:00.25 +0000 UTC', atMs],
    ['2026-01-05 10:00:00.25 UTC', atMs],
    ['2026-01-05 10:00:00,250 UTC', atMs],
    ['05/Jan/2026:11:00:00 +0100', secondMs],
    ['[05/Jan/2026:11:00:00 +0100]', secondMs],
    ['05/Jan/2026:11:00:00.250 +0100', atMs],
    ['05/Jan/2026:10:00:00.2509999 +0000', atMs],
    ['Mon, 05 Jan 2026 10:00:00 GMT', secondMs],
    ['Mon, 05 Jan 2026 11:00:00 +0100', secondMs],
    ['Monday, 05-Jan-26 10:00:00 GMT', secondMs],
    ['Thursday, 05-Jan-95 10:00:00 GMT', Date.UTC(1995, 0, 5, 10)],
  ])('%s, whatever zone is assumed', (value, expected) => {
    expect(epochMs(value)).toBe(expected);
    expect(epochMs(value, 120)).toBe(expected);
  });

  it.each([
    ['2026-01-05T10:00:00.250', atMs],
    ['2026-01-05 10:00:00,250', atMs],
    ['2026/01/05 - 10:00:00.250', atMs],
    ['2026/01/05 10:00:00.250', atMs],
    ['05/Jan/2026:10:00:00', secondMs],
    ['05/Jan/2026:10:00:00.250', atMs],
  ])('%s, in the zone that is assumed', (value, expected) => {
    expect(epochMs(value)).toBe(expected);
    expect(epochMs(value, 120)).toBe(expected - 7_200_000);
    // The same text again, in another zone than a moment ago.
    expect(epochMs(value)).toBe(expected);
  });

  it.each([
    '',
    '-',
    '0',
    0,
    -1,
    null,
    true,
    'yesterday, at ten',
    '2026-01-05T25:00:00Z',
    '05/Foo/2026:10:00:00 +0000',
    'Mon, 05 Foo 2026 10:00:00 GMT',
    'Mon, 05 Jan 2026 25:00:00 GMT',
    'Mon, 05 Jan 2026 10:00:00 CET',
    'Mon, 05 Jan 2026 10:00:00',
    'Mon, 05 Jan 20x6 10:00:00 GMT',
  ])('%s is no time', (value) => {
    expect(epochMs(value)).toBeNaN();
  });
});
