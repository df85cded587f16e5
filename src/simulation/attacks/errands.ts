import type { Operation } from '../apis.ts';
import type { Credential, Slot } from '../credential.ts';
import { chance, integer, logUniform, pick, sample, uniform } from '../distributions.ts';
import { anyOwnObject } from '../objects.ts';
import type { Activity, Stage } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import {
  dayMs,
  foreignObject,
  inOwnHours,
  items,
  mainItem,
  oneByOne,
  strong,
  usual,
  whenLevel,
} from './kit.ts';
import { strange } from './probing.ts';

/** Somebody at work with another's credential: from where, and how often a call of his fails. */
export interface Intruder {
  readonly stage: Stage;
  readonly target: Credential;
  readonly placeAt: (timeMs: number) => Slot;
  readonly mistakes: number;
  /** At the holder's own place: only what he does there can tell. */
  readonly isInside: boolean;
}

interface Wish {
  readonly operation: Operation;
  readonly object: number;
  readonly page: number;
  /** Size of the answer beside what the operation usually gives. */
  readonly bytesFactor: number;
}

const failures = [403, 403, 404, 404, 400] as const;

const isReading = ({ method }: Operation) => !['PUT', 'PATCH', 'DELETE'].includes(method);

function activity(
  { stage, target, placeAt, mistakes }: Intruder,
  times: readonly number[],
  wishOf: (index: number, timeMs: number) => Wish,
  failing = mistakes,
): Activity {
  const { random } = stage;
  return {
    target,
    times,
    make(timeMs, index) {
      const { operation, object, page, bytesFactor } = wishOf(index, timeMs);
      const status = random.next() < failing ? pick(random, failures) : 200;
      return plainCall(random, placeAt(timeMs), operation, object, page, status, bytesFactor);
    },
  };
}

/** The operation on whatever object it may be, first page only. */
function once({ stage, target }: Intruder, operation: Operation, timeMs: number): Wish {
  const { random, fleet } = stage;
  const isOwn = chance(random, 0.6);
  const object = isOwn
    ? anyOwnObject(target, random, timeMs - fleet.startMs)
    : foreignObject(stage, target, timeMs);
  return {
    operation,
    object: operation.shape === 'item' ? object : -1,
    page: operation.shape === 'list' ? 0 : -1,
    bytesFactor: 1,
  };
}

/** In one go, in some visits over days, in the holder's hours, or from his night on. Never none. */
export function visits({ stage, target }: Intruder, startMs: number, count: number): number[] {
  const { random } = stage;
  const gapMs = logUniform(random, 300, 60_000);
  const jitter = uniform(random, 0.02, 1);
  const manner = pick(random, ['at once', 'at once', 'visits', 'own hours', 'night'] as const);
  switch (manner) {
    case 'at once':
      return oneByOne(stage, startMs, gapMs, count, jitter);
    case 'night': {
      const from = whenLevel(target, startMs, (level) => level < 0.05);
      return oneByOne(stage, from, gapMs, count, jitter);
    }
    case 'visits': {
      const many = integer(random, 2, 6);
      const each = Math.max(1, Math.round(count / many));
      return Array.from({ length: many }, () => startMs + random.next() * 2 * dayMs)
        .flatMap((from) => oneByOne(stage, from, gapMs, each, jitter))
        .sort((a, b) => a - b);
    }
    case 'own hours': {
      const days = integer(random, 1, 3);
      const perHour = Math.min(300, count / days / hoursADay(target));
      const times = inOwnHours(random, target, startMs, days, perHour);
      if (times.length > 0) return times;
      return oneByOne(stage, whenLevel(target, startMs, isOwnHour), gapMs, count, jitter);
    }
  }
}

const isOwnHour = (level: number) => level >= 0.3;

/** Hours a day that `inOwnHours` takes for the holder's. */
function hoursADay({ pattern, profile }: Credential): number {
  const peak = Math.max(...profile);
  return pattern === 'cron' ? 24 : Math.max(1, profile.filter((level) => isOwnHour(level / peak)).length / 7);
}

/** What can be called here, and with what rights: anything of the API is tried, administrators' work too. */
export function lookAround(intruder: Intruder, startMs: number): Activity {
  const { stage, target } = intruder;
  const { random } = stage;
  const all = [...target.api.operations, ...target.api.admin];
  const unused = strange(target.operations, all);
  const tried = unused.length > 0 && chance(random, 0.7) ? unused : all;
  const times = oneByOne(
    stage,
    startMs,
    logUniform(random, 500, 60_000),
    strong(stage, Math.round(logUniform(random, 3, 60))),
    0.8,
  );
  return activity(
    intruder,
    times,
    (_, at) => once(intruder, pick(random, tried), at),
    uniform(random, 0.15, 0.9),
  );
}

/** Takes objects: the holder's, others', a mixture, or one id after the other; or walks through a listing. */
export function collect(intruder: Intruder, startMs: number): Activity {
  const { stage, target, isInside } = intruder;
  const { random, fleet } = stage;
  const times = visits(intruder, startMs, strong(stage, Math.round(logUniform(random, 5, 1_200))));
  const listings = target.api.operations.filter(({ shape }) => shape === 'list');
  const known = items(target).filter(isReading);
  const readable = chance(random, 0.7)
    ? known
    : target.api.operations.filter(
        (each) => each.shape === 'item' && each.resource !== null && isReading(each),
      );
  const greed = chance(random, 0.5) ? 1 : logUniform(random, 1, 8);
  if (readable.length === 0 || (listings.length > 0 && chance(random, 0.3))) {
    const operation = listings.length > 0 ? pick(random, listings) : usual(target, random);
    const pages = Math.round(logUniform(random, 3, 400));
    const page = (index: number) => (operation.shape === 'list' ? index % pages : -1);
    return activity(intruder, times, (index) => ({
      operation,
      object: -1,
      page: page(index),
      bytesFactor: greed,
    }));
  }
  const operation = (chance(random, 0.6) ? mainItem(target, isReading) : null) ?? pick(random, readable);
  const foreignShare = pick(random, isInside ? [0.5, 1, 1] : [0, 0, 0.5, 1]);
  const inOrder = chance(random, 0.25) ? inOrderOf(intruder) : null;
  const objectOf = (index: number, timeMs: number) => {
    if (inOrder !== null) return inOrder(index, timeMs);
    return random.next() < foreignShare
      ? foreignObject(stage, target, timeMs)
      : anyOwnObject(target, random, timeMs - fleet.startMs);
  };
  return activity(intruder, times, (index, at) => ({
    operation,
    object: operation.shape === 'item' ? objectOf(index, at) : -1,
    page: -1,
    bytesFactor: greed,
  }));
}

/** One id after the other, or every so many; a catalogue begins again at its end. */
function inOrderOf({ stage, target }: Intruder): (index: number, timeMs: number) => number {
  const stride = chance(stage.random, 0.8) ? 1 : integer(stage.random, 2, 20);
  let first: number | null = null;
  return (index, timeMs) => {
    first ??= foreignObject(stage, target, timeMs);
    const { layout, offset, span } = target.holdings;
    const wanted = first + index * stride;
    return layout === 'catalogue' ? 1 + offset + ((wanted - 1 - offset) % span) : wanted;
  };
}

/** Few calls, large answers. */
export function takeAway(intruder: Intruder, startMs: number): Activity {
  const { random } = intruder.stage;
  const reading = intruder.target.api.operations.filter(isReading);
  const exports = sample(
    random,
    reading.length > 0 ? reading : intruder.target.operations,
    integer(random, 1, 3),
  );
  const bytesFactor = logUniform(random, 5, 500);
  const times = visits(intruder, startMs, Math.round(logUniform(random, 1, 40)));
  return activity(intruder, times, (_, at) => ({
    ...once(intruder, pick(random, exports), at),
    bytesFactor,
  }));
}

/** What may change something, by its method or by who may call it. */
export const isWriting = ({ method, admin }: Operation): boolean => admin || method !== 'GET';

/** Changes, deletes, grants and creates: what writes, and administrators' work. */
export function meddle(intruder: Intruder, startMs: number): Activity {
  const { stage, target, isInside } = intruder;
  const { random } = stage;
  const all = [...target.api.operations, ...target.api.admin].filter(isWriting);
  const pool = isInside ? strange(target.operations, all) : all;
  const work = sample(random, pool.length > 0 ? pool : target.api.operations, integer(random, 1, 5));
  const times = visits(intruder, startMs, strong(stage, Math.round(logUniform(random, 2, 200))));
  return activity(intruder, times, (_, at) => once(intruder, pick(random, work), at));
}

/** The holder's own work, with a look at something else now and then. */
export function blendIn(intruder: Intruder, startMs: number): Activity {
  const { stage, target } = intruder;
  const { random } = stage;
  const curiosity = chance(random, 0.4) ? 0 : uniform(random, 0.02, 0.6);
  const times = visits(intruder, startMs, strong(stage, Math.round(logUniform(random, 4, 400))));
  return activity(intruder, times, (_, at) =>
    once(
      intruder,
      random.next() < curiosity ? pick(random, target.api.operations) : usual(target, random),
      at,
    ),
  );
}
