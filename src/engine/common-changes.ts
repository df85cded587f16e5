import type { Alert, Severity } from '../../schemas/alert.ts';
import { dayMs } from '../stats/durations.ts';
import { hexId } from '../stats/hash.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Campaigns } from './campaigns.ts';
import type { NewsRate } from './news-rate.ts';
import { isChange, type News, NewsTrails, type Trail } from './news-trails.ts';
import { severityRank } from './severity.ts';

/** Something new that many credentials show at once: what the scores of each leave out, told as one. */
export interface CommonChange {
  readonly id: string;
  readonly openedMs: number;
  firstMs: number;
  lastMs: number;
  resolvedMs: number | null;
  severity: Severity;
  /** What they have in common, as it was when the latest of them joined. */
  readonly shared: Map<string, SharedNews>;
  /** What its values are made of: programs, TLS libraries, services. */
  readonly kin: Set<number>;
  /** Credential ids, in the order in which they joined. */
  readonly members: Set<string>;
  credentials: number;
  toldCredentials: number;
  /** The alert that told of it last. */
  told: Alert | null;
}

export type SharedNews = Pick<
  Trail,
  'what' | 'hash' | 'isValue' | 'name' | 'share' | 'credentials' | 'away' | 'observed' | 'expected' | 'bits'
>;

const rememberedMs = 3 * dayMs;
/** Credentials meet what is new over hours: a shorter pause is no end. */
const quietMs = dayMs / 4;
/** A release or upgrade does not come on one day, nor to all callers at once. */
const rollOutMs = 3 * dayMs;
const mostListed = 200;
const mostShared = 12;
const mostKin = 64;
const mostChanges = 200;
/** New ones a day, so that no kind of traffic floods people: of low severity, and in all. */
const mostLowADay = 3;
const mostADay = 10;
/** Of its credentials, that are part of another change: then it is the same one. */
const sameShare = 0.5;
/** What fewer credential-hours showed before is nobody's usual network. */
const rareShare = 0.01;

/**
 * The common mode makes a roll-out no alert of each credential. What it leaves out is tested here, so that
 * nobody who controls many credentials hides in it. Event time only; bounded; the same news, the same changes.
 */
export class CommonChanges {
  /** Changes that were not told when they could have been, because too many were that day. */
  withheld = 0;
  readonly trails: NewsTrails;
  readonly #changes = new BoundedMap<string, CommonChange>(mostChanges);
  readonly #campaigns: Campaigns;

  get evictions(): number {
    return this.#changes.evictions;
  }

  constructor(campaigns: Campaigns, rate: NewsRate) {
    this.#campaigns = campaigns;
    this.trails = new NewsTrails(rate);
  }

  /** Takes note of what is new about one event; gives the changes that this makes worth telling. */
  observe(news: readonly News[], credentialId: string, timeMs: number, hour: number): CommonChange[] {
    const touched = new Set<CommonChange>();
    for (const one of news) {
      const trail = this.trails.follow(one, credentialId, timeMs, hour);
      const change = trail === null ? null : this.#follow(trail, credentialId, timeMs);
      if (change !== null) touched.add(change);
    }
    return [...touched].filter(isNews);
  }

  /** It was told with this alert. */
  told(change: CommonChange, alert: Alert): void {
    change.toldCredentials = change.credentials;
    change.told = alert;
  }

  /** Changes that nobody joined for as long, and some hours at least; they are marked resolved. */
  resolveQuiet(timeMs: number, resolveAfterMs: number): CommonChange[] {
    const afterMs = Math.max(resolveAfterMs, quietMs);
    const resolved: CommonChange[] = [];
    for (const [id, change] of this.#changes) {
      if (change.resolvedMs === null && timeMs - change.lastMs >= afterMs) {
        change.resolvedMs = change.lastMs + afterMs;
        resolved.push(change);
      }
      if (timeMs - change.lastMs >= Math.max(rememberedMs, afterMs)) this.#changes.delete(id);
    }
    return resolved;
  }

  #follow(trail: Trail, credentialId: string, timeMs: number): CommonChange | null {
    let change = trail.change === null ? undefined : this.#changes.get(trail.change);
    if (change === undefined) {
      if (!isChange(trail) || this.#isExplained(trail, timeMs)) return null;
      change = this.#sameAs(trail, timeMs) ?? this.#open(trail, timeMs);
      if (change === undefined) return null;
      trail.change = change.id;
      for (const id of trail.members.keys()) join(change, id);
      change.firstMs = Math.min(change.firstMs, trail.firstMs);
    }
    join(change, credentialId);
    change.lastMs = Math.max(change.lastMs, timeMs);
    for (const kin of trail.kin) if (change.kin.size < mostKin) change.kin.add(kin);
    const before = change.shared.get(trail.key);
    if (before !== undefined || change.shared.size < mostShared)
      change.shared.set(trail.key, { ...sharedOf(trail), bits: Math.max(trail.bits, before?.bits ?? 0) });
    change.credentials = Math.max(change.credentials, change.members.size, trail.credentials);
    return change;
  }

  /** Most of its credentials are told of already: by a campaign, or, without a value of their own, by changes. */
  #isExplained({ members, isValue }: Trail, timeMs: number): boolean {
    const most = sameShare * members.size;
    if (this.#campaigns.tellOf(members, most)) return true;
    if (isValue) return false;
    const recent = [...this.#changes.values()].filter(({ lastMs }) => timeMs - lastMs < dayMs);
    let told = 0;
    for (const id of members.keys()) if (recent.some((change) => change.members.has(id))) told += 1;
    return told >= most;
  }

  /** A change of late that most credentials of the trail are part of, or whose roll-out brings this as well. */
  #sameAs(trail: Trail, timeMs: number): CommonChange | undefined {
    const { members, kin } = trail;
    const isOrdinary = severityOf([trail]) === 'low';
    for (const change of this.#changes.values()) {
      if (timeMs - change.lastMs >= dayMs) continue;
      let common = 0;
      for (const id of members.keys()) if (change.members.has(id)) common += 1;
      if (common >= sameShare * members.size) return change;
      // Nobody hides a move in a roll-out: what comes from elsewhere is told by itself.
      const isRollOut = isOrdinary && change.severity === 'low' && timeMs - change.openedMs < rollOutMs;
      if (isRollOut && kin.some((one) => change.kin.has(one))) return change;
    }
    return undefined;
  }

  #open(trail: Trail, timeMs: number): CommonChange | undefined {
    const severity = severityOf([trail]);
    const today = [...this.#changes.values()].filter(({ openedMs }) => timeMs - openedMs < dayMs);
    const low = today.filter((change) => change.severity === 'low').length;
    if (today.length >= mostADay || (severity === 'low' && low >= mostLowADay)) {
      if (!trail.withheld) this.withheld += 1;
      trail.withheld = true;
      return undefined;
    }
    const change: CommonChange = {
      id: idOf(trail),
      openedMs: timeMs,
      firstMs: trail.firstMs,
      lastMs: timeMs,
      resolvedMs: null,
      severity,
      shared: new Map(),
      kin: new Set(),
      members: new Set(),
      credentials: 0,
      toldCredentials: 0,
      told: null,
    };
    this.#changes.set(change.id, change);
    return change;
  }

  toJson(): unknown {
    const changes = [...this.#changes.values()].map((change) => ({
      ...change,
      shared: [...change.shared],
      kin: [...change.kin],
      members: [...change.members],
    }));
    return { trails: this.trails.toJson(), changes };
  }

  fromJson(stored: unknown): void {
    const { trails, changes } = stored as {
      trails: unknown[];
      changes: (Omit<CommonChange, 'shared' | 'kin' | 'members'> & {
        shared: [string, SharedNews][];
        kin?: number[];
        members: string[];
      })[];
    };
    this.trails.fromJson(trails);
    for (const change of changes) {
      const shared = new Map(change.shared);
      const kin = new Set(change.kin);
      this.#changes.set(change.id, { ...change, shared, kin, members: new Set(change.members) });
    }
  }
}

/** At first, at each doubling, and when it has become worse. */
function isNews(change: CommonChange): boolean {
  const severity = severityOf([...change.shared.values()]);
  const isWorse = severityRank[severity] > severityRank[change.severity];
  if (isWorse) change.severity = severity;
  else if (change.credentials < 2 * change.toldCredentials) return false;
  change.resolvedMs = null;
  return true;
}

/**
 * New operations and clients at home are what releases and upgrades look like. A network that was rare, or
 * new places of many credentials, is a move, or somebody else; with one new client besides, more likely that.
 */
function severityOf(
  shared: readonly Pick<Trail, 'what' | 'isValue' | 'share' | 'away' | 'credentials'>[],
): Severity {
  const isAway = shared.some(({ away, credentials }) => away >= credentials / 2);
  const oneClient = shared.some(({ what, isValue }) => what === 'client' && isValue);
  const elsewhere = shared.some(
    ({ what, isValue, share }) =>
      (what === 'network' || what === 'country') && (!isValue || share < rareShare),
  );
  if (oneClient && isAway) return 'high';
  return elsewhere ? 'medium' : 'low';
}

function join(change: CommonChange, credentialId: string): void {
  if (change.members.size < mostListed) change.members.add(credentialId);
}

function sharedOf(trail: Trail): SharedNews {
  const { what, hash, isValue, name, share, credentials, away, observed, expected, bits } = trail;
  return { what, hash, isValue, name, share, credentials, away, observed, expected, bits };
}

/** The same first sight and the same value give the same id: a repeat replaces, never doubles. */
function idOf({ key, firstMs, members }: Trail): string {
  const text = `${key} ${firstMs} ${members.keys().next().value ?? ''}`;
  return hexId(text, 5);
}
