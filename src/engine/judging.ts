import type { Position } from '../../schemas/position.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../stats/durations.ts';
import type { Budget } from './budget.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { Violation, ViolationDetector } from './detector.ts';
import type { Explaining } from './explaining.ts';
import { exemplify, mostExamples, timesOfTelling } from './incident-examples.ts';
import {
  type AwaitedHour,
  type Incident,
  type Incidents,
  isAwaiting,
  isOpen,
  isSuspicion,
  isTold,
} from './incidents.ts';
import type { Lineage } from './lineage.ts';
import { RecentEvents } from './recent-events.ts';
import { isTurnedAway } from './refusal.ts';
import { runningMarginBits } from './running-hour.ts';
import { worst } from './severity.ts';
import { strangeness, strangenessOf } from './strangeness.ts';
import type { Telling } from './telling.ts';
import { warmingUp } from './warming-up.ts';

const eventsRemembered = 16_384;
const violationBits = { low: 8, medium: 15, high: 20, critical: 30 } as const;

export interface JudgingParts {
  readonly memory: CredentialMemory;
  readonly explaining: Explaining;
  readonly budget: Budget;
  readonly incidents: Incidents;
  readonly lineage: Lineage;
  readonly telling: Telling;
}

/** A violation detector with its options; its function is a field for the reason given in bound-detectors.ts. */
interface Rule {
  readonly score: ViolationDetector['score'];
  readonly options: unknown;
  readonly detector: ViolationDetector;
}

/** Whether an event is evidence against its credential, and the incident that the evidence belongs to. */
export class Judging {
  /** Findings by detector. */
  readonly findings = new Map<string, number>();
  readonly #memory: CredentialMemory;
  readonly #explaining: Explaining;
  readonly #budget: Budget;
  readonly #incidents: Incidents;
  readonly #lineage: Lineage;
  readonly #telling: Telling;
  readonly #rules: readonly Rule[];
  readonly #coldBits: number;
  readonly #recent = new RecentEvents(eventsRemembered, mostExamples);
  /** Rules that the event in hand breaks; one list is reused for every event. */
  readonly #broken: { readonly detector: ViolationDetector; readonly found: Violation }[] = [];

  constructor(
    { memory, explaining, budget, incidents, lineage, telling }: JudgingParts,
    detectors: readonly ViolationDetector[],
    options: Readonly<Record<string, unknown>>,
    coldBits: number,
  ) {
    this.#memory = memory;
    this.#explaining = explaining;
    this.#budget = budget;
    this.#incidents = incidents;
    this.#lineage = lineage;
    this.#telling = telling;
    this.#rules = detectors.map((detector) => ({
      score: detector.score,
      options: detector.options.parse(options[detector.id] ?? {}),
      detector,
    }));
    this.#coldBits = coldBits;
  }

  /** Opens or feeds the credential's incident. `measured`: the score in hand is of this event. */
  judge(event: UsageEvent, at: Position | null, measured: boolean): void {
    // Seen here and not with the rest: what it is depends on incidents, of which memory knows nothing.
    this.#memory.seen.suspectIssuer = this.#lineage.suspectIssuerOf(event);
    this.#weigh(event, at, measured);
    if (event.issuedIds.length === 0 || !this.#memory.seen.success) return;
    const incident = this.#incidentOf(event);
    this.#lineage.remember(event, incident !== undefined && isSuspicion(incident));
  }

  #weigh(event: UsageEvent, at: Position | null, measured: boolean): void {
    const { identity, seen } = this.#memory;
    this.#broken.length = 0;
    for (const { score, options, detector } of this.#rules) {
      const found = score(event, seen, options);
      if (found !== undefined) this.#broken.push({ detector, found });
    }
    const strange = this.#broken.length > 0 ? strangeness.brokenRule : strangenessOf(seen);
    identity.recent = this.#recent.add(event, at, identity.recent, strange);
    this.#budget.advance(event.timestampMs);
    for (const { detector, found } of this.#broken) this.#violate(event, detector, found);
    const incident = this.#incidentOf(event);
    const bits = identity.lastBits;
    const { thresholdBits, ageMs } = this.#budget;
    const wanted = warmingUp(thresholdBits, this.#coldBits, identity.activeHours, ageMs);
    const isOver = bits >= wanted;
    if (isOver && incident === undefined && isTurnedAway(event)) return;
    // Between measurements the residuals in hand are another credential's: nothing new is said then.
    if (isOver && measured) this.#behave(event, incident, bits, bits - runningMarginBits >= wanted);
    else if (incident === undefined) return;
    else if (isOpen(incident)) {
      this.#accompany(event, incident);
      if (isOver) this.#addEvidence(event, incident);
    } else if (isAwaiting(incident)) {
      if (measured) this.#incidents.dismiss(incident);
      else this.#accompany(event, incident);
    }
  }

  /** The credential's next hour begins: what awaited the end of the last is decided. */
  endHour(credentialId: string): void {
    if (this.#memory.identity.incident === 0) return;
    const incident = this.#incidents.get(credentialId);
    if (incident !== undefined && isAwaiting(incident)) this.#decide(incident);
  }

  /** Decides whatever awaits the end of an hour before this one. */
  endHoursBefore(hour: number): void {
    for (const incident of this.#incidents.due(hour)) this.#decide(incident);
  }

  /** The score is over the threshold: evidence for an open incident, or a new one. */
  #behave(event: UsageEvent, known: Incident | undefined, bits: number, isSure: boolean): void {
    const { identity } = this.#memory;
    const { thresholdBits } = this.#budget;
    const incident = known ?? this.#open(event, 'behavioural');
    this.#accompany(event, incident);
    this.#addEvidence(event, incident);
    if (!isSure && !isOpen(incident)) {
      // The same score again has the same reasons.
      if (incident.awaits?.hour === identity.hour && incident.awaits.bits === bits) return;
      incident.awaits = { hour: identity.hour, bits, activeHours: identity.activeHours };
      this.#explaining.explain(incident, event, bits, 0, thresholdBits);
      return;
    }
    const saysMore =
      bits - runningMarginBits > incident.peakBits + 1 || incident.behaviour.size === 0 || !isOpen(incident);
    if (!saysMore) return;
    const added = this.#explaining.explain(incident, event, bits, runningMarginBits, thresholdBits);
    this.#raise(incident, event.timestampMs, added);
  }

  /** The awaited hour is over: told, unless the threshold has risen above it by now. */
  #decide(incident: Incident & { awaits: AwaitedHour }): void {
    const { hour, bits, activeHours } = incident.awaits;
    const { thresholdBits, ageMs } = this.#budget;
    if (bits < warmingUp(thresholdBits, this.#coldBits, activeHours, ageMs)) {
      this.#incidents.dismiss(incident);
      return;
    }
    const added = [...incident.behaviour.values()].map(({ detector }) => detector);
    this.#raise(incident, (hour + 1) * hourMs, added);
  }

  /** Tells it, with what these detectors found. */
  #raise(incident: Incident, timeMs: number, detectors: readonly string[]): void {
    for (const detector of detectors) this.#found(detector);
    const isFirst = !isTold(incident);
    incident.awaits = null;
    if (isFirst) incident.openedMs = timeMs;
    const isFolded = this.#telling.tell(incident, timeMs);
    this.#suspectIssued(incident);
    // One of a campaign that was told before costs nobody's attention.
    if (isFirst && !isFolded) this.#budget.spend();
  }

  #violate(event: UsageEvent, detector: ViolationDetector, found: Violation): void {
    const known = this.#incidents.current(event.credentialId, event.timestampMs);
    const incident = known ?? this.#open(event, 'violation');
    const earlier = incident.violations.get(detector.id);
    incident.violations.set(detector.id, {
      detector: detector.id,
      family: detector.family,
      kind: 'violation',
      feature: detector.id,
      bits: violationBits[detector.severity],
      ...found,
      credentialFrequency: null,
      peerFrequency: null,
      count: (earlier?.count ?? 0) + 1,
      severity: detector.severity,
    });
    this.#found(detector.id);
    incident.severity = worst(incident.severity, detector.severity);
    this.#addEvidence(event, incident);
    if (incident.kind === 'violation' && incident.behaviour.size === 0)
      incident.peakBits = Math.max(incident.peakBits, violationBits[detector.severity]);
    this.#accompany(event, incident);
    if (earlier === undefined || incident.resolvedMs !== null) {
      this.#explaining.picture(incident, event);
      this.#telling.tell(incident, event.timestampMs);
      this.#suspectIssued(incident);
    }
  }

  /** The theft may be older than the first evidence of it. */
  #suspectIssued(incident: Incident): void {
    if (!isSuspicion(incident)) return;
    const sinceMs = incident.firstEventMs - hourMs;
    this.#lineage.suspect(incident.credentialId, sinceMs);
    const { credentialFormerId } = incident.last;
    if (credentialFormerId !== null) this.#lineage.suspect(credentialFormerId, sinceMs);
  }

  #open(event: UsageEvent, kind: Incident['kind']): Incident {
    const before = this.#incidents.get(event.credentialId);
    if (before !== undefined && isOpen(before)) this.#telling.end(before);
    return this.#incidents.open(event, kind, this.#budget.thresholdBits);
  }

  #incidentOf(event: UsageEvent): Incident | undefined {
    const { identity } = this.#memory;
    if (identity.incident === 0) return undefined;
    const incident = this.#incidents.current(event.credentialId, event.timestampMs);
    // One of a credential that shares the record may be open still.
    const quietMs = event.timestampMs - (identity.incident + 1) * hourMs;
    if (incident === undefined && quietMs >= this.#incidents.keptMs) identity.incident = 0;
    return incident;
  }

  #addEvidence(event: UsageEvent, incident: Incident): void {
    const { identity } = this.#memory;
    identity.incident = Math.max(1, identity.hour);
    incident.lastEvidenceMs = Math.max(incident.lastEvidenceMs, event.timestampMs);
  }

  /** The incident's credential was used again. */
  #accompany(event: UsageEvent, incident: Incident): void {
    if (incident.last === event && incident.events > 0) return;
    incident.events += 1;
    incident.last = event;
    incident.lastEventMs = Math.max(incident.lastEventMs, event.timestampMs);
    const { examples } = incident;
    const most = examples.length === 0 ? mostExamples : 1;
    exemplify(examples, this.#recent.chain(this.#memory.identity.recent, event.credentialId, most));
    incident.firstEventMs = Math.min(incident.firstEventMs, ...timesOfTelling(examples));
    this.#telling.complete(incident);
  }

  #found(detector: string): void {
    this.findings.set(detector, (this.findings.get(detector) ?? 0) + 1);
  }
}
