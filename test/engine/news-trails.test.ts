import { expect, test } from 'vitest';
import { mostCounted, type News, NewsTrails } from '../../src/engine/news-trails.ts';

const news: News = {
  what: 'client',
  dimension: 3,
  hash: 7,
  isValue: true,
  name: 'curl',
  share: 0,
  expected: 1,
  isAway: false,
  kin: [],
};

function trailOf(trails: NewsTrails, credentials: number) {
  for (let c = 0; c < credentials; c += 1) trails.follow(news, `key-${c}`, c, 10);
  return trails.follow(news, `key-${credentials}`, credentials, 10);
}

test('a credential counts once, also past those that are named', () => {
  const trails = new NewsTrails();
  expect(trailOf(trails, 499)?.credentials).toBe(500);
  for (let c = 0; c < 500; c += 1) expect(trails.follow(news, `key-${c}`, 600, 11)).toBeNull();
  expect(trails.follow(news, 'another', 700, 11)?.credentials).toBe(501);
  expect(trails.follow(news, 'another', 700, 11)).toBeNull();
});

test('counting stops where credentials can no longer be told apart', () => {
  const trails = new NewsTrails();
  expect(trailOf(trails, mostCounted - 1)?.credentials).toBe(mostCounted);
  expect(trails.follow(news, 'one more', 1, 10)).toBeNull();
});

test('a restored trail knows whom it has counted, and one stored before that is read', () => {
  const trails = new NewsTrails();
  trailOf(trails, 299);
  const stored = JSON.parse(JSON.stringify(trails.toJson())) as Record<string, unknown>[];
  const restored = new NewsTrails();
  restored.fromJson(stored);
  expect(restored.follow(news, 'key-250', 1, 11)).toBeNull();
  const older = new NewsTrails();
  older.fromJson(stored.map(({ unnamed, kin, ...trail }) => trail));
  expect(older.follow(news, 'another', 1, 11)?.kin).toEqual([]);
});
