import { expect, test } from 'vitest';
import { NewsRate } from '../../src/engine/news-rate.ts';
import { isChange, mostCounted, type News, NewsTrails } from '../../src/engine/news-trails.ts';

const news: News = {
  what: 'client',
  dimension: 3,
  hash: 7,
  isValue: true,
  name: 'curl',
  share: 0,
  promised: 1,
  isAway: false,
  kin: [],
};

function trailOf(trails: NewsTrails, credentials: number) {
  for (let c = 0; c < credentials; c += 1) trails.follow(news, `key-${c}`, c, 10);
  return trails.follow(news, `key-${credentials}`, credentials, 10);
}

test('a credential counts once, also past those that are named', () => {
  const trails = new NewsTrails(new NewsRate());
  expect(trailOf(trails, 499)?.credentials).toBe(500);
  for (let c = 0; c < 500; c += 1) expect(trails.follow(news, `key-${c}`, 600, 11)).toBeNull();
  expect(trails.follow(news, 'another', 700, 11)?.credentials).toBe(501);
  expect(trails.follow(news, 'another', 700, 11)).toBeNull();
});

test('counting stops where credentials can no longer be told apart', () => {
  const trails = new NewsTrails(new NewsRate());
  expect(trailOf(trails, mostCounted - 1)?.credentials).toBe(mostCounted);
  expect(trails.follow(news, 'one more', 1, 10)).toBeNull();
});

test('a restored trail knows whom it has counted, and one stored before that is read', () => {
  const trails = new NewsTrails(new NewsRate());
  trailOf(trails, 299);
  const stored = JSON.parse(JSON.stringify(trails.toJson())) as Record<string, unknown>[];
  const restored = new NewsTrails(new NewsRate());
  restored.fromJson(stored);
  expect(restored.follow(news, 'key-250', 1, 11)).toBeNull();
  const older = new NewsTrails(new NewsRate());
  older.fromJson(stored.map(({ unnamed, kin, ...trail }) => trail));
  expect(older.follow(news, 'another', 1, 11)?.kin).toEqual([]);
});

/** `count` credentials of their own on each of the days, three hours after one another. */
function days(trails: NewsTrails, rate: NewsRate, from: number, to: number, count: number, one = news) {
  const told: boolean[] = [];
  for (let hour = from * 24; hour < to * 24; hour += 1) {
    rate.promise(one.dimension, hour, 0.5);
    if (hour % 24 >= 3 * count || hour % 3 !== 0) continue;
    const promised = rate.promised(one.dimension, hour);
    const trail = trails.follow({ ...one, promised }, `key-${hour}`, hour * 3_600_000, hour);
    told.push(trail !== null && isChange(trail));
  }
  return told;
}

test('what comes day after day becomes how things are, and is a change no more', () => {
  const rate = new NewsRate();
  const trails = new NewsTrails(rate);
  days(trails, rate, 0, 20, 2);
  expect(days(trails, rate, 20, 60, 2)).not.toContain(true);
});

test('the same number is a change where the value was never new before', () => {
  const rate = new NewsRate();
  const trails = new NewsTrails(rate);
  days(trails, rate, 0, 20, 0);
  expect(days(trails, rate, 20, 21, 8)).toContain(true);
});

test('of a value that comes rarely, a chance meeting of some credentials is none', () => {
  const rate = new NewsRate();
  const trails = new NewsTrails(rate);
  // One a day for three weeks, and then five on one day.
  days(trails, rate, 0, 21, 1);
  expect(days(trails, rate, 21, 22, 5)).not.toContain(true);
});
