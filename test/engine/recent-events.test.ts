import { expect, test } from 'vitest';
import { emptyUsageEvent } from '../../schemas/usage-event.ts';
import { RecentEvents } from '../../src/engine/recent-events.ts';

const eventOf = (credentialId: string, eventId: string) => ({ ...emptyUsageEvent(), credentialId, eventId });

/** Adds events of these credentials, each chained to the one before of its credential, and returns the latest numbers. */
function added(recent: RecentEvents, credentials: string): Map<string, number> {
  const newest = new Map<string, number>();
  [...credentials].forEach((credential, n) => {
    const previous = newest.get(credential) ?? 0;
    newest.set(credential, recent.add(eventOf(credential, `${credential}${n}`), null, previous));
  });
  return newest;
}

const idsOf = (recent: RecentEvents, newest: number, credential: string) =>
  recent.chain(newest, credential).map(({ event }) => event.eventId);

test('RecentEvents chains the newest events of each credential, newest first, as far as it reaches', () => {
  const recent = new RecentEvents(16, 3);
  const newest = added(recent, 'abaabaa');
  expect(idsOf(recent, newest.get('a') as number, 'a')).toEqual(['a6', 'a5', 'a3']);
  expect(idsOf(recent, newest.get('b') as number, 'b')).toEqual(['b4', 'b1']);
});

test('RecentEvents forgets what was pushed out of its ring by others', () => {
  const recent = new RecentEvents(4, 3);
  const newest = added(recent, 'aabbbb');
  expect(idsOf(recent, newest.get('a') as number, 'a')).toEqual([]);
  expect(idsOf(recent, newest.get('b') as number, 'b')).toEqual(['b5', 'b4', 'b3']);
});

test("RecentEvents takes a number of an earlier run for nobody's", () => {
  const recent = new RecentEvents(8, 3);
  added(recent, 'bbb');
  // 2 is another credential's by now, 5 the number that the event gets itself, 9 nobody's yet.
  for (const stored of [2, 5, 9]) {
    const number = recent.add(eventOf('a', `after ${stored}`), null, stored);
    expect(idsOf(recent, number, 'a')).toEqual([`after ${stored}`]);
    expect(idsOf(recent, 3, 'b')).toEqual(['b2', 'b1', 'b0']);
  }
});

test('RecentEvents goes on when its numbers start again', () => {
  const recent = new RecentEvents(8, 3, 2 ** 32 - 3);
  const newest = added(recent, 'abaaba');
  expect(newest.get('a')).toBeLessThan(8);
  expect(idsOf(recent, newest.get('a') as number, 'a')).toEqual(['a5', 'a3', 'a2']);
  expect(idsOf(recent, newest.get('b') as number, 'b')).toEqual(['b4', 'b1']);
});
