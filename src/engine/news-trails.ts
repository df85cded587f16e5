import { hourMs } from '../stats/durations.ts';
import { hash32 } from '../stats/hash.ts';
import { poissonTailBits } from '../stats/poisson-tail.ts';
import { BoundedMap } from './bounded-map.ts';
import type { NewsRate } from './news-rate.ts';
import { longAgo, ofLate } from './sights.ts';

export type ChangedThing = 'network' | 'client' | 'country' | 'operation' | 'scope' | 'environment';

/** A credential with habits showed a value for the first time. */
export interface News {
  readonly what: ChangedThing;
  readonly dimension: number;
  /** Of the value; of the peer group for news of whatever value. */
  readonly hash: number;
  /** Many credentials may share this value; otherwise only that they change in the same way. */
  readonly isValue: boolean;
  /** Of the value, for people; empty for a group. */
  readonly name: string;
  /** Share of all credential-hours that showed the value so far; 1 for a group. */
  readonly share: number;
  /** First sights of any value that the histories of those concerned promise, faded as the count is. */
  readonly promised: number;
  /** It was shown from a place that is new to the credential. */
  readonly isAway: boolean;
  /** What one roll-out brings anew has one of these in common: program, TLS library, service. */
  readonly kin: readonly number[];
}

/** First sights of one value, or in one peer group. */
export interface Trail {
  readonly key: string;
  readonly what: ChangedThing;
  readonly hash: number;
  readonly isValue: boolean;
  readonly name: string;
  readonly kin: readonly number[];
  /** As it was before the first of them. */
  readonly share: number;
  readonly firstMs: number;
  /** First sights on the trails of this value before, fading slowly. */
  readonly earlier: number;
  /** Of each first sight that is promised, to be of this value; as it was before the first of them. */
  readonly chance: number;
  /** Credentials that are kept by name, with the hour of their latest first sight. */
  readonly members: Map<string, number>;
  /** Hashes of those beyond, so that nobody counts twice. */
  readonly unnamed: Set<number>;
  credentials: number;
  away: number;
  /** Credential-hours with such news, fading. */
  observed: number;
  hour: number;
  expected: number;
  bits: number;
  /** Id of the change it is part of. */
  change: string | null;
  /** Would have been told if not so many had been that day. */
  withheld: boolean;
}

/** What chance alone is let do: of a hundred thousand values a week, one in a hundred weeks. */
export const changeBits = 24;
const leastMembers = 5;
/** Without a value in common, more than chance brings credentials together: holidays, a deploy day. */
const leastGroupMembers = 10;
const leastExcess = 3;
const valueWindowHours = 72;
const groupWindowHours = 24;
const mostMembers = 200;
const mostUnnamed = 2_000;
/** A trail counts to here: so many or more. */
export const mostCounted = mostMembers + mostUnnamed;
const mostTrails = 10_000;

/** Counts who shows what for the first time, against what is expected. Bounded: what was longest without news goes. */
export class NewsTrails {
  readonly #trails = new BoundedMap<string, Trail>(mostTrails);
  readonly #rate: NewsRate;

  constructor(rate: NewsRate) {
    this.#rate = rate;
  }

  get evictions(): number {
    return this.#trails.evictions;
  }

  /** The trail with this news; null when the credential is on it for this already. */
  follow(news: News, credentialId: string, timeMs: number, hour: number): Trail | null {
    const trail = this.#trailOf(news, timeMs, hour);
    const known = trail.members.get(credentialId);
    if (known !== undefined && (news.isValue || known >= hour)) return null;
    if (known === undefined && news.isValue && !isCounted(trail, credentialId)) return null;
    if (known !== undefined) trail.members.delete(credentialId);
    else {
      trail.credentials += 1;
      if (news.isAway) trail.away += 1;
    }
    if (!news.isValue) forget(trail, hour);
    if (trail.members.size < mostMembers) trail.members.set(credentialId, hour);
    if (news.isValue) this.#rate.saw(news.dimension, hour);
    trail.observed = ofLate(trail.observed, hour - trail.hour) + 1;
    trail.hour = Math.max(trail.hour, hour);
    const { dimension, isValue, promised } = news;
    trail.expected = promised * (isValue ? trail.chance : this.#rate.kept(dimension, hour));
    trail.bits = poissonTailBits(trail.observed, trail.expected);
    return trail;
  }

  #trailOf(news: News, timeMs: number, hour: number): Trail {
    const key = `${news.isValue ? 'value' : 'group'} ${news.dimension} ${news.hash}`;
    let trail = this.#trails.get(key);
    if (trail !== undefined) this.#trails.delete(key);
    if (trail === undefined || (news.isValue && isOver(trail, timeMs, hour))) {
      const { what, hash, isValue, name, share, kin, dimension } = news;
      const earlier = trail === undefined ? 0 : longAgo(trail.earlier + trail.credentials, hour - trail.hour);
      trail = {
        key,
        what,
        hash,
        isValue,
        name,
        kin,
        share,
        firstMs: timeMs,
        earlier,
        chance: this.#rate.ofValue(dimension, hour, share, earlier),
        members: new Map(),
        unnamed: new Set(),
        credentials: 0,
        away: 0,
        observed: 0,
        hour,
        expected: 0,
        bits: 0,
        change: null,
        withheld: false,
      };
    }
    this.#trails.set(key, trail);
    return trail;
  }

  toJson(): unknown[] {
    return [...this.#trails.values()].map((trail) => ({
      ...trail,
      members: [...trail.members],
      unnamed: [...trail.unnamed],
    }));
  }

  fromJson(stored: readonly unknown[]): void {
    // What was stored before a trail had kin, unnamed members or a past is without them.
    for (const { kin = [], unnamed = [], earlier = 0, chance, ...trail } of stored as StoredTrail[])
      this.#trails.set(trail.key, {
        ...trail,
        kin,
        earlier,
        chance: chance ?? trail.share,
        members: new Map(trail.members),
        unnamed: new Set(unnamed),
      });
  }
}

type StoredTrail = Omit<Trail, 'members' | 'unnamed' | 'kin' | 'earlier' | 'chance'> & {
  readonly members: [string, number][];
  readonly unnamed?: number[];
  readonly kin?: number[];
  readonly earlier?: number;
  readonly chance?: number;
};

/** Whether a credential that is not named may still be counted: not twice, and not past the last that can be told apart. */
function isCounted({ members, unnamed }: Trail, credentialId: string): boolean {
  if (members.size < mostMembers) return true;
  const hash = hash32(credentialId);
  if (unnamed.has(hash) || unnamed.size >= mostUnnamed) return false;
  unnamed.add(hash);
  return true;
}

/** Nobody had the news for long; or it comes so slowly that it is no change, but how things are. */
function isOver({ change, firstMs, hour }: Trail, nowMs: number, now: number): boolean {
  return now - hour >= valueWindowHours || (change === null && nowMs - firstMs >= valueWindowHours * hourMs);
}

/** More than chance and ordinary life bring together, in enough credentials. */
export function isChange({ isValue, credentials, observed, expected, bits }: Trail): boolean {
  if (bits < changeBits || observed < leastExcess * expected) return false;
  return credentials >= (isValue ? leastMembers : leastGroupMembers);
}

/** Who of a group had no news for a day is no longer part of what goes on. */
function forget(trail: Trail, hour: number): void {
  for (const [id, latest] of trail.members) {
    if (hour - latest < groupWindowHours && trail.members.size < mostMembers) break;
    trail.members.delete(id);
  }
  trail.credentials = trail.members.size + 1;
}
