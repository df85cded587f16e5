import type { Operation } from '../apis.ts';
import { address, slot as makeSlot } from '../contexts.ts';
import { type Call, type Credential, dayMs, hourMs, type Slot, type Token } from '../credential.ts';
import { pick, poisson } from '../distributions.ts';
import { isFresh, newToken } from '../event.ts';
import { hourOfWeek } from '../habits.ts';
import { type Network, type NetworkKind, networksOf } from '../networks.ts';
import { anyOwnObject, objectAt, ownedAt } from '../objects.ts';
import type { Random } from '../random.ts';
import type { Activity, Stage } from '../scenario.ts';
import { plainCall } from '../traffic.ts';

const minuteMs = 60_000;

export { dayMs, hourMs, minuteMs };

/** This attacker's number of calls, never none. */
export function strong(stage: Stage, calls: number): number {
  return Math.max(1, Math.round(calls * stage.strength));
}

/** `count` times spread at random over a span, sorted. */
export function scattered(random: Random, startMs: number, spanMs: number, count: number): number[] {
  return Array.from({ length: count }, () => startMs + random.next() * spanMs).sort((a, b) => a - b);
}

/** One call after the other with gaps of `gapMs`, wavering by the share `jitter`. */
export function paced(random: Random, startMs: number, gapMs: number, count: number, jitter = 0.3): number[] {
  let at = startMs;
  return Array.from({ length: count }, () => (at += gapMs * (1 - jitter + 2 * jitter * random.next())));
}

/** `scattered`, by an attacker who takes a span of about `spanMs` for it. */
export function within(stage: Stage, startMs: number, spanMs: number, count: number): number[] {
  return scattered(stage.random, startMs, spanMs / stage.pace, count);
}

/** `paced`, by an attacker who leaves gaps of about `gapMs`. */
export function oneByOne(
  stage: Stage,
  startMs: number,
  gapMs: number,
  count: number,
  jitter?: number,
): number[] {
  return paced(stage.random, startMs, gapMs / stage.pace, count, jitter);
}

/** Calls at exponential gaps, only in hours in which the holder is usually active. */
export function inOwnHours(
  random: Random,
  target: Credential,
  startMs: number,
  days: number,
  perHour: number,
): number[] {
  const peak = Math.max(...target.profile);
  const times: number[] = [];
  for (let hour = Math.ceil(startMs / hourMs) * hourMs; hour < startMs + days * dayMs; hour += hourMs) {
    const level = target.profile[hourOfWeek(hour, target.timeZoneHours)] as number;
    if (target.pattern !== 'cron' && level < peak * 0.3) continue;
    times.push(...scattered(random, hour, hourMs, poisson(random, perHour)));
  }
  return times;
}

/** The first hour from `startMs` on whose usual level satisfies `wanted` (1: the busiest). */
export function whenLevel(target: Credential, startMs: number, wanted: (level: number) => boolean): number {
  const peak = Math.max(...target.profile);
  for (let i = 0; i < 168; i++) {
    const at = startMs + i * hourMs;
    if (wanted((target.profile[hourOfWeek(at, target.timeZoneHours)] as number) / peak)) return at;
  }
  return startMs;
}

export interface Disguise {
  readonly network?: NetworkKind | Network;
  /** 'same': the holder's program; 'tool': curl and the like; 'other': another program of the same sort. */
  readonly client?: 'same' | 'tool' | 'other';
}

/** The attacker's own place: never a network of the holder unless one is given. */
export function thief(stage: Stage, target: Credential, startMs: number, disguise: Disguise = {}): Slot {
  const { random, fleet } = stage;
  const owned = new Set(target.slots.map((each) => each.network.asn));
  const wanted = disguise.network ?? 'hosting';
  const network =
    typeof wanted === 'string'
      ? pick(
          random,
          networksOf(wanted).filter((n) => !owned.has(n.asn)),
        )
      : wanted;
  const own = (target.slots[0] as Slot).client;
  const chosen =
    disguise.client === 'same'
      ? own
      : disguise.client === 'other'
        ? fleet.clients.relinked(
            { ...own, userAgent: pick(random, pick(random, fleet.clients.byUse.machine)).userAgent },
            random,
          )
        : pick(random, pick(random, fleet.clients.byUse.tool));
  return makeSlot(
    random,
    'any',
    network,
    address(random, network),
    chosen,
    1,
    Number.POSITIVE_INFINITY,
    startMs,
  );
}

/** The slot with the same client, elsewhere. */
export function elsewhere(stage: Stage, network: Network, client: Slot['client'], startMs: number): Slot {
  return makeSlot(
    stage.random,
    'any',
    network,
    address(stage.random, network),
    client,
    1,
    Number.POSITIVE_INFINITY,
    startMs,
  );
}

/** The holder's own place at the moment, as a copy: calls from inside the holder's application. */
export function inside(target: Credential, timeMs: number, random: Random): Slot {
  const own = target.slots.reduce((best, each) => (each.weight > best.weight ? each : best));
  const copy: Slot = { ...own };
  if (target.tokenLifetimeMs > 0 && !isFresh(target, copy.token, timeMs)) {
    if (!isFresh(target, target.borrowed, timeMs))
      target.borrowed = newToken(target, { ...copy, token: null }, timeMs, random);
    copy.token = target.borrowed;
    copy.template = null;
  }
  return copy;
}

/** The holder's token of the moment, the same for everyone who asks while it is valid. */
export function heldToken(target: Credential, random: Random): (timeMs: number) => Token | null {
  let minted: Token | null = null;
  return (timeMs) => {
    const own = target.slots.find((each) => isFresh(target, each.token, timeMs))?.token;
    if (own) return own;
    if (!isFresh(target, minted, timeMs)) minted = inside(target, timeMs, random).token;
    return minted;
  };
}

/** Keeps the thief's token alive: with a stolen client secret he gets tokens of his own. */
export function withToken(target: Credential, place: Slot, timeMs: number, random: Random): Slot {
  if (target.tokenLifetimeMs === 0 || isFresh(target, place.token, timeMs)) return place;
  place.token = newToken(target, place, timeMs, random);
  place.template = null;
  return place;
}

/** Operations whose objects show in a log. */
export function items(target: Credential): Operation[] {
  return target.operations.filter((operation) => operation.shape === 'item' && operation.resource !== null);
}

export const hasItems = (target: Credential): boolean => items(target).length > 0;
export const numeric = (target: Credential): boolean =>
  items(target).some((operation) => operation.resource?.ids === 'number');

/** The item operation the holder uses most. */
export function mainItem(
  target: Credential,
  wanted: (operation: Operation) => boolean = () => true,
): Operation | null {
  let best: Operation | null = null;
  let most = -1;
  for (const [i, operation] of target.operations.entries()) {
    const weight = target.weights[i] ?? 0;
    if (operation.resource !== null && weight > most && wanted(operation)) {
      best = operation;
      most = weight;
    }
  }
  return best;
}

/** An operation the holder uses, as often as he does. */
export function usual(target: Credential, random: Random): Operation {
  let u = random.next();
  for (const [i, sum] of target.sums.entries()) if (sum > u) return target.operations[i] as Operation;
  u = 0;
  return target.operations[target.operations.length - 1] as Operation;
}

/** An object of another owner in the same API; of the catalogue's tail where nobody owns anything. */
export function foreignObject(stage: Stage, target: Credential, timeMs: number): number {
  const { random, fleet } = stage;
  if (target.holdings.layout === 'catalogue')
    return objectAt(target.holdings, Math.floor(random.next() * target.holdings.span));
  for (let i = 0; i < 20; i++) {
    const other = pick(random, fleet.credentials);
    if (other !== target && other.api === target.api)
      return objectAt(
        other.holdings,
        Math.floor(random.next() * ownedAt(other.holdings, timeMs - fleet.startMs)),
      );
  }
  return Math.floor(target.api.idBase + random.next() * (target.api.idEnd - target.api.idBase));
}

/** Calls of the holder's usual operations on his objects, old and new, from `place`: as well as this attacker knows them. */
export function usualCalls(
  stage: Stage,
  target: Credential,
  times: readonly number[],
  place: Slot,
): Activity {
  const { random, fleet } = stage;
  return {
    target,
    times,
    make: (timeMs) => {
      const strays = random.next() < stage.curiosity;
      const operation = strays ? pick(random, target.api.operations) : usual(target, random);
      const object = operation.shape === 'item' ? anyOwnObject(target, random, timeMs - fleet.startMs) : -1;
      const status = random.next() < stage.mistakes ? pick(random, [400, 403, 404]) : 200;
      const page = operation.shape === 'list' ? 0 : -1;
      const from = withToken(target, place, timeMs, random);
      return plainCall(random, from, operation, object, page, status, 1);
    },
  };
}

/** Item reads of given objects, from `place` or from inside the holder's own application. */
export function reads(
  stage: Stage,
  target: Credential,
  operation: Operation,
  times: readonly number[],
  place: Slot | null,
  objectOf: (index: number, timeMs: number) => number,
  refusedShare = 0,
): Activity {
  const { random } = stage;
  return {
    target,
    times,
    make: (timeMs, index) => {
      const from = place === null ? inside(target, timeMs, random) : withToken(target, place, timeMs, random);
      const refused = random.next() < refusedShare;
      return plainCall(
        random,
        from,
        operation,
        objectOf(index, timeMs),
        -1,
        refused ? (random.next() < 0.5 ? 403 : 404) : random.next() < 0.01 ? 404 : 200,
        1,
      );
    },
  };
}

export function successful(
  random: Random,
  place: Slot,
  operation: Operation,
  object: number,
  extra: Call['extra'] = null,
): Call {
  const call = plainCall(random, place, operation, object, operation.shape === 'list' ? 0 : -1, 200, 1);
  return extra === null ? call : { ...call, extra };
}
