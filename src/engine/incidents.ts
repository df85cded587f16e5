import type { Alert, Evidence, Family, Severity } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hexId } from '../stats/hash.ts';
import { BoundedMap } from './bounded-map.ts';
import type { Link } from './campaigns.ts';
import type { RecentEvent } from './recent-events.ts';
import { severityRank } from './severity.ts';

/** A running hour that would be over the threshold if it ended now, but not surely enough to say so before. */
export interface AwaitedHour {
  /** Hours since the epoch. */
  readonly hour: number;
  readonly bits: number;
  /** Hours learnt of the credential by then. */
  readonly activeHours: number;
}

/** Evidence of one credential folded into one case: opened once, added to, resolved when it has been quiet. */
export interface Incident {
  readonly id: string;
  credentialId: string;
  openedMs: number;
  readonly kind: 'behavioural' | 'violation';
  /** Id of the campaign that tells of this incident; null while it is told by itself. */
  campaign: string | null;
  firstEventMs: number;
  lastEventMs: number;
  lastEvidenceMs: number;
  resolvedMs: number | null;
  /** The hour whose end decides whether it is told; null when none is awaited. */
  awaits: AwaitedHour | null;
  /** Set when a lasting change was taken over into the habit. */
  adoptedMs: number | null;
  events: number;
  peakBits: number;
  thresholdBits: number;
  severity: Severity;
  /** Bits and evidence kinds when the alert was last told: what counts as news. */
  toldBits: number;
  toldDetectors: number;
  /** The alert as it was told last, while it has too few examples. */
  lacking: Alert | null;
  /** Contribution of each family to the score when it was highest. */
  families: Readonly<Partial<Record<Family, number>>>;
  readonly violations: Map<string, Evidence & { count: number; severity: Severity }>;
  readonly behaviour: Map<string, Evidence>;
  readonly examples: RecentEvent[];
  last: UsageEvent;
  /** What is new about the latest evidence: what other incidents may share. */
  links: readonly Link[];
  /** What the credential was and is, as of the latest evidence. */
  picture: Pick<Alert, 'usual' | 'now'>;
  counterfactuals: readonly string[];
}

const nothingKnown: Incident['picture'] = {
  usual: {
    networks: [],
    clients: [],
    operations: [],
    hours: 'none',
    requestsPerHour: 0,
    learning: 'learning: 0 of 24 active hours',
  },
  now: { networks: [], clients: [], operations: [] },
};

const foldMs = 86_400_000;
const mostOpen = 20_000;

/** Open and recently resolved incidents, by credential. */
export class Incidents {
  /** Further evidence belongs to an incident that was quiet for less. */
  readonly keptMs: number;
  readonly #resolveAfterMs: number;
  readonly #byCredential = new BoundedMap<string, Incident>(mostOpen);

  constructor(resolveAfterMs: number) {
    this.#resolveAfterMs = resolveAfterMs;
    this.keptMs = Math.max(foldMs, resolveAfterMs);
  }

  get evictions(): number {
    return this.#byCredential.evictions;
  }

  get(credentialId: string): Incident | undefined {
    return this.#byCredential.get(credentialId);
  }

  /** The credential's incident that evidence at this time belongs to: open, or quiet for less than a day. */
  current(credentialId: string, timeMs: number): Incident | undefined {
    const incident = this.#byCredential.get(credentialId);
    return incident !== undefined && timeMs - incident.lastEvidenceMs < this.keptMs ? incident : undefined;
  }

  open(event: UsageEvent, kind: Incident['kind'], thresholdBits: number): Incident {
    const { credentialId, timestampMs: timeMs } = event;
    const incident: Incident = {
      id: incidentId(credentialId, kind, timeMs, event.eventId),
      credentialId,
      openedMs: timeMs,
      kind,
      campaign: null,
      firstEventMs: timeMs,
      lastEventMs: timeMs,
      lastEvidenceMs: timeMs,
      resolvedMs: null,
      awaits: null,
      adoptedMs: null,
      events: 0,
      peakBits: 0,
      thresholdBits,
      severity: 'low',
      toldBits: Number.NEGATIVE_INFINITY,
      toldDetectors: 0,
      lacking: null,
      families: {},
      violations: new Map(),
      behaviour: new Map(),
      examples: [],
      last: event,
      links: [],
      picture: nothingKnown,
      counterfactuals: [],
    };
    this.#byCredential.delete(credentialId);
    this.#byCredential.set(credentialId, incident);
    return incident;
  }

  /** The credential is called otherwise from now on; its incident keeps its own id. */
  rename(from: string, to: string): void {
    const incident = this.#byCredential.get(from);
    if (incident === undefined || this.#byCredential.has(to)) return;
    this.#byCredential.delete(from);
    incident.credentialId = to;
    this.#byCredential.set(to, incident);
  }

  openCount(): number {
    let open = 0;
    for (const incident of this.#byCredential.values()) if (isOpen(incident)) open += 1;
    return open;
  }

  /** Those that await the end of an hour before this one, highest score first. */
  due(hour: number): (Incident & { awaits: AwaitedHour })[] {
    return this.all()
      .filter((incident) => isAwaiting(incident))
      .filter(({ awaits }) => awaits.hour < hour)
      .sort((a, b) => b.awaits.bits - a.awaits.bits);
  }

  /** The hour it awaited was nothing: forgotten, unless it was told before. */
  dismiss(incident: Incident): void {
    incident.awaits = null;
    if (!isTold(incident)) this.#byCredential.delete(incident.credentialId);
  }

  /** The incident was quiet for long enough: it is over from then on. */
  end(incident: Incident): void {
    incident.resolvedMs = incident.lastEvidenceMs + this.#resolveAfterMs;
  }

  /** Incidents without evidence for long enough at `timeMs`; they are marked resolved. */
  resolveQuiet(timeMs: number): Incident[] {
    const resolved: Incident[] = [];
    for (const [credentialId, incident] of this.#byCredential) {
      if (isOpen(incident) && timeMs - incident.lastEvidenceMs >= this.#resolveAfterMs) {
        this.end(incident);
        resolved.push(incident);
      }
      if (timeMs - incident.lastEvidenceMs >= this.keptMs) this.#byCredential.delete(credentialId);
    }
    return resolved;
  }

  all(): readonly Incident[] {
    return [...this.#byCredential.values()];
  }

  restore(incident: Incident): void {
    this.#byCredential.set(incident.credentialId, incident);
  }
}

export function isTold({ toldBits }: Incident): boolean {
  return toldBits > Number.NEGATIVE_INFINITY;
}

export function isAwaiting(incident: Incident): incident is Incident & { awaits: AwaitedHour } {
  return incident.awaits !== null;
}

/** Told for behaviour or for a grave breach: what its credential issues cannot be trusted either. Debts, such as a weak token, say nothing of who holds it. */
export function isSuspicion(incident: Incident): boolean {
  const isGrave = incident.behaviour.size > 0 || severityRank[incident.severity] >= severityRank.high;
  return isTold(incident) && isGrave;
}

/** Told, and not resolved yet. */
export function isOpen(incident: Incident): boolean {
  return isTold(incident) && incident.resolvedMs === null;
}

/** The same credential, kind and first event always give the same id: a repeat replaces, never doubles. */
function incidentId(credentialId: string, kind: string, timeMs: number, eventId: string): string {
  const text = `${credentialId.length}:${credentialId} ${kind} ${timeMs} ${eventId}`;
  return hexId(text, 1);
}
