import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hourly } from './record-layout.ts';
import type { Seen } from './seen.ts';

/** When the running hour of a credential is measured again. */
export const paceLayout = {
  /** Count of events, volume and time at which it is due; 0 before the hour was measured. */
  dueAtCount: hourly('u32'),
  dueAtVolume: hourly(),
  dueAtS: hourly('u32'),
  volume: hourly(),
};

export interface Pace {
  dueAtCount: number;
  dueAtVolume: number;
  dueAtS: number;
  volume: number;
}

const longestPauseS = 300;
/** A model's token weighs about as many bytes of text. */
const bytesPerToken = 4;

/**
 * More of the same moves no score. An hour is measured when it has grown by an eighth in events or in
 * volume, at every power of two, at least every five minutes of use, and at once when an event is not
 * like those before it. Everything between is only counted: what an hour's last calls added to its
 * totals, an eighth at most, is neither learnt nor in its closing score.
 */
export function isDue(pace: Pace, count: number, volume: number, seen: Seen): boolean {
  return (
    count >= pace.dueAtCount ||
    pace.volume + volume >= pace.dueAtVolume ||
    seen.timeS >= pace.dueAtS ||
    isPowerOfTwo(count) ||
    isNews(seen)
  );
}

/** Counts the event; `measured`: the hour was measured with it. */
export function keepPace(pace: Pace, count: number, volume: number, seen: Seen, measured: boolean): void {
  pace.volume += volume;
  if (!measured) return;
  // What comes after a refusal may be what it opened.
  pace.dueAtCount = count + (seen.denied ? 1 : Math.max(1, count >> 3));
  pace.dueAtVolume = pace.volume * 1.125;
  pace.dueAtS = seen.timeS + longestPauseS;
}

export function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

/** What an event weighs besides being one: bytes, and a model's tokens as bytes. */
export function volumeOf(event: UsageEvent): number {
  return (
    (event.responseBytes ?? 0) +
    bytesPerToken * ((event.genAiInputTokens ?? 0) + (event.genAiOutputTokens ?? 0))
  );
}

/** The event is not like those before it. */
export function isNews(seen: Seen): boolean {
  return (
    seen.fromFreshContext ||
    seen.returned ||
    seen.denied ||
    seen.clientError ||
    seen.objectIsForeign ||
    seen.objectIsFar ||
    seen.network.firstThisHour ||
    seen.place.firstThisHour ||
    seen.client.firstThisHour ||
    seen.country.firstThisHour ||
    seen.route.unseen ||
    seen.scopes.unseen ||
    seen.tokenReturned ||
    seen.earlierUse !== null ||
    seen.movedKm > 0 ||
    (seen.pageDepth > 2 && isPowerOfTwo(seen.pageDepth))
  );
}
