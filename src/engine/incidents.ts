import type { Alert, Evidence, Family, Severity } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hexId } from '../stats/hash.ts';
import { BoundedMap } from './bounded-map.ts';
import type { RecentEvent } from './recent-events.ts';

/** Evidence of one credential folded into one case: opened once, added to, resolved when it has been quiet. */
export interface Incident {
  readonly id: string;
  credentialId: string;
  readonly openedMs: number;
  readonly kind: 'behavioural' | 'violation';
  /** Id of the campaign that tells of this incident; null while it is told by itself. */
  campaign: string | null;
  firstEventMs: number;
  lastEventMs: number;
  lastEvidenceMs: number;
  resolvedMs: number | null;
  /** Set when a lasting change was taken over into the habit. */
  adoptedMs: number | null;
  events: number;
  peakBits: number;
  thresholdBits: number;
  severity: Severity;
  /** Bits and evidence kinds when the alert was last delivered: what counts as news. */
  toldBits: number;
  toldDetectors: number;
  toldExamples: number;
  /** Contribution of each family to the score when it was highest. */
  families: Readonly<Partial<Record<Family, number>>>;
  readonly violations: Map<string, Evidence & { count: number; severity: Severity }>;
  readonly behaviour: Map<string, Evidence>;
  readonly examples: RecentEvent[];
  last: UsageEvent;
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
  readonly #byCredential = new BoundedMap<string, Incident>(mostOpen);

  get evictions(): number {
    return this.#byCredential.evictions;
  }

  get(credentialId: string): Incident | undefined {
    return this.#byCredential.get(credentialId);
  }

  /** The credential's incident that evidence at this time belongs to: open, or quiet for less than a day. */
  current(credentialId: string, timeMs: number): Incident | undefined {
    const incident = this.#byCredential.get(credentialId);
    return incident !== undefined && timeMs - incident.lastEvidenceMs < foldMs ? incident : undefined;
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
      adoptedMs: null,
      events: 0,
      peakBits: 0,
      thresholdBits,
      severity: 'low',
      toldBits: Number.NEGATIVE_INFINITY,
      toldDetectors: 0,
      toldExamples: 0,
      families: {},
      violations: new Map(),
      behaviour: new Map(),
      examples: [],
      last: event,
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
    for (const incident of this.#byCredential.values()) if (incident.resolvedMs === null) open += 1;
    return open;
  }

  /** Incidents without evidence for `afterMs` at `timeMs`; they are marked resolved. */
  resolveQuiet(timeMs: number, afterMs: number): Incident[] {
    const resolved: Incident[] = [];
    for (const [credentialId, incident] of this.#byCredential) {
      if (incident.resolvedMs === null && timeMs - incident.lastEvidenceMs >= afterMs) {
        incident.resolvedMs = incident.lastEvidenceMs + afterMs;
        resolved.push(incident);
      }
      if (timeMs - incident.lastEvidenceMs >= foldMs) this.#byCredential.delete(credentialId);
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

/** The same credential, kind and first event always give the same id: a repeat replaces, never doubles. */
function incidentId(credentialId: string, kind: string, timeMs: number, eventId: string): string {
  const text = `${credentialId.length}:${credentialId} ${kind} ${timeMs} ${eventId}`;
  return hexId(text, 1);
}
