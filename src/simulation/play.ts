import type { UsageEvent } from '../../schemas/usage-event.ts';
import { asAgent } from './agents.ts';
import { type Credential, hourMs } from './credential.ts';
import { eventOf, refreshToken } from './event.ts';
import type { Fleet } from './fleet.ts';
import type { Activity } from './scenario.ts';
import { ownCalls } from './traffic.ts';
import type { Episode, SimulatedCall } from './world.ts';

/** An activity and the episode it belongs to; null: an honest one. */
export type Attributed = Activity & { readonly attack: Episode | null };

/** Clocks are off by at most 90 s: an event of a later hour can't be older than this. */
const skewMs = 120_000;

/** Plays the fleet and the activities hour by hour, in order of event time. */
export function* playHours(fleet: Fleet, activities: readonly Attributed[]): Generator<SimulatedCall> {
  let waiting: SimulatedCall[] = [];
  let current: Episode | null = null;
  const emit = (event: UsageEvent) => {
    waiting.push({ event, attack: current });
  };
  const cursors = activities.map((activity, i) => ({
    activity,
    next: 0,
    tag: activityTag(activity.target, i),
    random: activity.target.random.stream(`activity ${i}`),
  }));
  let open = cursors
    .filter(({ activity }) => activity.times.length > 0)
    .sort((a, b) => (a.activity.times[0] as number) - (b.activity.times[0] as number));
  for (let hour = fleet.startMs; hour < fleet.endMs; hour += hourMs) {
    current = null;
    for (const credential of fleet.credentials) ownCalls(credential, hour, fleet.startMs, emit);
    let finished = 0;
    for (const cursor of open) {
      const { activity } = cursor;
      if ((activity.times[cursor.next] ?? Number.POSITIVE_INFINITY) >= hour + hourMs) {
        if (cursor.next === 0) break;
        continue;
      }
      current = activity.attack;
      for (
        let at = activity.times[cursor.next];
        at !== undefined && at < hour + hourMs;
        at = activity.times[++cursor.next]
      ) {
        const call = activity.make(at, cursor.next);
        // A holder who has fallen silent does no unusual jobs either.
        if (activity.attack === null && silent(activity.target, at)) continue;
        if (activity.attack === null && (at < activity.target.startMs || at >= activity.target.endMs))
          continue;
        const { sampleRate } = activity.target.gateway;
        if (sampleRate < 1 && cursor.random.next() >= sampleRate) continue;
        // The holder's programs renew what has expired, whatever they are used for; a thief has what he stole.
        if (activity.attack === null) refreshToken(activity.target, call.slot, at, cursor.random);
        emit(
          eventOf(
            activity.target,
            asAgent(activity.target, call, cursor.random),
            at,
            cursor.tag,
            cursor.next,
          ),
        );
      }
      if (cursor.next >= activity.times.length) finished++;
    }
    if (finished > 0) open = open.filter((cursor) => cursor.next < cursor.activity.times.length);
    const ready = sorted(waiting);
    const until = hour + hourMs >= fleet.endMs ? Number.POSITIVE_INFINITY : hour + hourMs - skewMs;
    let i = 0;
    for (; i < ready.length && (ready[i] as SimulatedCall).event.timestampMs < until; i++)
      yield ready[i] as SimulatedCall;
    waiting = ready.slice(i);
  }
}

/** Like the holder's own ids, so that nothing in an event tells who made it. */
function activityTag(target: Credential, index: number): string {
  return target.random.stream(`tag ${index}`).bits().toString(16).padStart(8, '0');
}

/** Sorted by event time, ties by arrival: numbers sort natively, objects through a comparator don't. */
export function sorted(calls: readonly SimulatedCall[]): SimulatedCall[] {
  const keys = new Float64Array(calls.length);
  let base = Number.POSITIVE_INFINITY;
  for (const { event } of calls) if (event.timestampMs < base) base = event.timestampMs;
  for (const [i, { event }] of calls.entries()) keys[i] = (event.timestampMs - base) * 2_097_152 + i;
  keys.sort();
  return Array.from(keys, (key) => calls[key % 2_097_152] as SimulatedCall);
}

function silent({ mutes }: Credential, timeMs: number): boolean {
  return mutes.some((mute) => timeMs >= mute.startMs && timeMs < mute.endMs);
}
