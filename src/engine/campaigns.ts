import type { Alert, Severity } from '../../schemas/alert.ts';
import { hash32, hexId } from '../stats/hash.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Incident } from './incidents.ts';
import { worst } from './severity.ts';

/** Something new that an incident's event showed: what several incidents may have in common. */
export interface Link {
  readonly what: 'network' | 'client' | 'operation' | 'issuer';
  readonly hash: number;
  readonly name: string;
}

/** Incidents of several credentials that share one new thing: told as one. */
export interface Campaign {
  readonly id: string;
  readonly link: Link;
  /** Credential ids, in the order in which they joined. */
  readonly members: string[];
  /** Members beyond those listed. */
  unlisted: number;
  readonly openedMs: number;
  lastMs: number;
  severity: Severity;
  resolvedMs: number | null;
  /** Members when it was told last, and the alert of the incident that told of it. */
  toldMembers: number;
  lead: Alert | null;
}

/** What members of a link have opened, whether or not they are a campaign yet. */
interface Trail {
  readonly members: Set<string>;
  /** Hashes of those beyond, so that nobody counts twice. */
  readonly unlisted: Set<number>;
  campaign: Campaign | null;
  lastMs: number;
}

const windowMs = 6 * 3_600_000;
/** Two may meet by chance. */
const leastMembers = 3;
const mostListed = 200;
/** A campaign counts to here and the listed ones: so many or more. */
const mostUnlisted = 2_000;
const mostTrails = 5_000;
const criticalMembers = 10;

/** Folds incidents by what is new about them. Event time only; bounded; the same incidents give the same campaigns. */
export class Campaigns {
  readonly #trails = new BoundedMap<string, Trail>(mostTrails);

  get evictions(): number {
    return this.#trails.evictions;
  }

  /** The campaign that the incident belongs to by one of its links, if there is one now; the earliest wins. */
  join(incident: Incident, links: readonly Link[], timeMs: number): Campaign | null {
    let found: Campaign | null = null;
    for (const link of links) {
      const campaign = this.#follow(incident, link, timeMs);
      if (campaign !== null && (found === null || campaign.openedMs < found.openedMs)) found = campaign;
    }
    return found;
  }

  /**
   * Whether the campaign has news worth another delivery: at three members, at each doubling after that, and
   * when it goes on after it was told to be over. Its incidents call nobody by themselves.
   */
  isNews(campaign: Campaign): boolean {
    const members = campaign.members.length + campaign.unlisted;
    const isBack = campaign.resolvedMs !== null;
    return isBack || campaign.toldMembers === 0 || members >= 2 * campaign.toldMembers;
  }

  /** Whether a campaign that was told names at least so many of these credentials. */
  tellOf(credentials: ReadonlyMap<string, unknown>, atLeast: number): boolean {
    for (const { campaign } of this.#trails.values()) {
      if (campaign === null || campaign.toldMembers === 0) continue;
      let named = 0;
      for (const id of campaign.members) if (credentials.has(id)) named += 1;
      if (named >= atLeast) return true;
    }
    return false;
  }

  /** Campaigns without another incident for `afterMs`; they are marked resolved. */
  resolveQuiet(timeMs: number, afterMs: number): Campaign[] {
    const resolved: Campaign[] = [];
    for (const [key, trail] of this.#trails) {
      const { campaign } = trail;
      if (campaign !== null && campaign.resolvedMs === null && timeMs - trail.lastMs >= afterMs) {
        campaign.resolvedMs = trail.lastMs + afterMs;
        resolved.push(campaign);
      }
      if (timeMs - trail.lastMs >= Math.max(windowMs, afterMs)) this.#trails.delete(key);
    }
    return resolved;
  }

  #follow(incident: Incident, link: Link, timeMs: number): Campaign | null {
    const key = `${link.what} ${link.hash}`;
    let trail = this.#trails.get(key);
    if (trail === undefined || timeMs - trail.lastMs >= windowMs) {
      // One that is open still is told to be over when that is looked for next.
      if (trail?.campaign?.resolvedMs === null) this.#trails.set(`${key} ${trail.campaign.id}`, trail);
      trail = { members: new Set(), unlisted: new Set(), campaign: null, lastMs: timeMs };
      this.#trails.set(key, trail);
    }
    trail.lastMs = Math.max(trail.lastMs, timeMs);
    const isNew = join(trail, incident.credentialId);
    if (trail.campaign === null && trail.members.size >= leastMembers) {
      trail.campaign = {
        id: campaignId(link, incident),
        link,
        members: [...trail.members],
        unlisted: 0,
        openedMs: timeMs,
        lastMs: timeMs,
        severity: incident.severity,
        resolvedMs: null,
        toldMembers: 0,
        lead: null,
      };
    } else if (trail.campaign !== null && isNew) {
      const { campaign } = trail;
      if (campaign.members.length < mostListed) campaign.members.push(incident.credentialId);
      else campaign.unlisted += 1;
    }
    const { campaign } = trail;
    if (campaign === null) return null;
    campaign.lastMs = trail.lastMs;
    campaign.severity = worst(campaign.severity, incident.severity);
    if (campaign.members.length >= criticalMembers) campaign.severity = 'critical';
    return campaign;
  }

  toJson(): unknown[] {
    return [...this.#trails].map(([key, trail]) => [
      key,
      { ...trail, members: [...trail.members], unlisted: [...trail.unlisted] },
    ]);
  }

  fromJson(stored: readonly unknown[]): void {
    for (const [key, trail] of stored as [string, StoredTrail][]) {
      const { members, unlisted = [] } = trail;
      this.#trails.set(key, { ...trail, members: new Set(members), unlisted: new Set(unlisted) });
    }
  }
}

type StoredTrail = Omit<Trail, 'members' | 'unlisted'> & {
  readonly members: string[];
  readonly unlisted?: number[];
};

/** Whether the credential is one more. */
function join({ members, unlisted }: Trail, credentialId: string): boolean {
  if (members.has(credentialId)) return false;
  if (members.size < mostListed) {
    members.add(credentialId);
    return true;
  }
  const hash = hash32(credentialId);
  if (unlisted.has(hash) || unlisted.size >= mostUnlisted) return false;
  unlisted.add(hash);
  return true;
}

/** The same first three incidents give the same id: a repeat replaces, never doubles. */
function campaignId(link: Link, incident: Incident): string {
  const text = `${link.what} ${link.hash} ${incident.id}`;
  return hexId(text, 3);
}
