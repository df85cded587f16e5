import { agentFields } from '../agents.ts';
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

/** Somebody at work with another's credential: from where, and how often a call of his fails. */
export interface Intruder {
  readonly stage: Stage;
  readonly target: Credential;
  readonly placeAt: (timeMs: number) => Slot;
  readonly mistakes: number;
}

interface Wish {
  readonly operation: Operation;
  readonly object: number;
  readonly page: number;
  /** Size of the answer beside what the operation usually gives. */
  readonly bytesFactor: number;
}

const failures = [403, 403, 404, 404, 400] as const;

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
      const call = plainCall(random, placeAt(timeMs), operation, object, page, status, bytesFactor);
      return target.kind === 'agent' ? { ...call, extra: agentFields(target, operation, random) } : call;
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

/** In one go, in some visits over days, in the holder's hours, or in his night. */
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
      return inOwnHours(random, target, startMs, days, Math.min(300, count / days / 8));
    }
  }
}

/** What can be called here, and with what rights: anything of the API is tried, administrators' work too. */
export function lookAround(intruder: Intruder, startMs: number): Activity {
  const { stage, target } = intruder;
  const { random } = stage;
  const known = new Set(target.operations.map(({ route }) => route));
  const all = [...target.api.operations, ...target.api.admin];
  const strange = all.filter(({ route }) => !known.has(route));
  const tried = strange.length > 0 && chance(random, 0.7) ? strange : all;
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
  const { stage, target } = intruder;
  const { random, fleet } = stage;
  const times = visits(intruder, startMs, strong(stage, Math.round(logUniform(random, 5, 1_200))));
  const listings = target.api.operations.filter(({ shape }) => shape === 'list');
  const known = items(target);
  const readable = chance(random, 0.7)
    ? known
    : target.api.operations.filter(({ shape, resource }) => shape === 'item' && resource !== null);
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
  const operation = (chance(random, 0.6) ? mainItem(target) : null) ?? pick(random, readable);
  const foreignShare = pick(random, [0, 0, 0.5, 1]);
  const inOrder = chance(random, 0.25);
  const first = foreignObject(stage, target, startMs);
  const stride = chance(random, 0.8) ? 1 : integer(random, 2, 20);
  const objectOf = (index: number, timeMs: number) => {
    if (inOrder) return first + index * stride;
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

/** Few calls, large answers. */
export function takeAway(intruder: Intruder, startMs: number): Activity {
  const { random } = intruder.stage;
  const { operations } = intruder.target.api;
  const exports = sample(random, operations, integer(random, 1, 3));
  const bytesFactor = logUniform(random, 5, 500);
  const times = visits(intruder, startMs, Math.round(logUniform(random, 1, 40)));
  return activity(intruder, times, (_, at) => ({
    ...once(intruder, pick(random, exports), at),
    bytesFactor,
  }));
}

/** Changes, deletes, grants and creates: what writes, and administrators' work. */
export function meddle(intruder: Intruder, startMs: number): Activity {
  const { stage, target } = intruder;
  const { random } = stage;
  const writing = target.api.operations.filter(({ method }) => method !== 'GET');
  const pool = [...writing, ...target.api.admin];
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
