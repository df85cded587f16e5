import type { Position } from '../../schemas/position.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Budget } from './budget.ts';
import { frequencyOf } from './commonness.ts';
import { counterfactuals } from './counterfactuals.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { Violation, ViolationDetector } from './detector.ts';
import { evidenceOf } from './explanation.ts';
import type { Incident, Incidents } from './incidents.ts';
import { RecentEvents } from './recent-events.ts';
import type { Scorer } from './scorer.ts';
import { severityOf, worst } from './severity.ts';
import type { SharedMemory } from './shared-memory.ts';
import type { Telling } from './telling.ts';
import { warmingUp } from './warming-up.ts';

const examplesWanted = 3;
const mostExamples = 5;
const eventsRemembered = 16_384;
const violationBits = { low: 8, medium: 15, high: 20, critical: 30 } as const;

export interface JudgingParts {
  readonly memory: CredentialMemory;
  readonly shared: SharedMemory;
  readonly scorer: Scorer;
  readonly budget: Budget;
  readonly incidents: Incidents;
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
  readonly #shared: SharedMemory;
  readonly #scorer: Scorer;
  readonly #budget: Budget;
  readonly #incidents: Incidents;
  readonly #telling: Telling;
  readonly #rules: readonly Rule[];
  readonly #coldBits: number;
  readonly #recent = new RecentEvents(eventsRemembered);

  constructor(
    { memory, shared, scorer, budget, incidents, telling }: JudgingParts,
    detectors: readonly ViolationDetector[],
    options: Readonly<Record<string, unknown>>,
    coldBits: number,
  ) {
    this.#memory = memory;
    this.#shared = shared;
    this.#scorer = scorer;
    this.#budget = budget;
    this.#incidents = incidents;
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
    const { identity, seen } = this.#memory;
    identity.recent = this.#recent.add(event, at, identity.recent) >>> 0;
    this.#budget.advance(event.timestampMs);
    for (const { score, options, detector } of this.#rules) {
      const found = score(event, seen, options);
      if (found !== undefined) this.#violate(event, detector, found);
    }
    const incident =
      identity.incident === 0 ? undefined : this.#incidents.current(event.credentialId, event.timestampMs);
    if (incident === undefined) identity.incident = 0;
    const bits = identity.lastBits;
    const { thresholdBits, ageMs } = this.#budget;
    const isOver = bits >= warmingUp(thresholdBits, this.#coldBits, identity.activeHours, ageMs);
    // Between measurements the residuals in hand are another credential's: nothing new is said then.
    if (isOver && measured) this.#behave(event, incident, bits);
    else if (incident !== undefined && incident.resolvedMs === null) {
      this.#accompany(event, incident);
      if (isOver) incident.lastEvidenceMs = Math.max(incident.lastEvidenceMs, event.timestampMs);
    }
  }

  /** The score is over the threshold: evidence for an open incident, or a new one. */
  #behave(event: UsageEvent, known: Incident | undefined, bits: number): void {
    const { identity } = this.#memory;
    const threshold = this.#budget.thresholdBits;
    let incident = known;
    if (incident === undefined) {
      incident = this.#incidents.open(event, 'behavioural', threshold);
      identity.incident = 1;
    }
    this.#accompany(event, incident);
    incident.lastEvidenceMs = Math.max(incident.lastEvidenceMs, event.timestampMs);
    const isNews =
      bits > incident.peakBits + 1 || incident.behaviour.size === 0 || incident.resolvedMs !== null;
    if (!isNews) return;
    incident.resolvedMs = null;
    incident.peakBits = incident.behaviour.size === 0 ? bits : Math.max(incident.peakBits, bits);
    incident.thresholdBits = threshold;
    incident.severity = worst(incident.severity, severityOf(bits - threshold));
    for (const contribution of this.#scorer
      .contributions(bits, identity.type, identity.activeHours)
      .slice(0, 12)) {
      const { about } = contribution.column.spec;
      const evidence = evidenceOf(
        contribution,
        about === undefined ? null : frequencyOf(this.#memory, this.#shared, about),
      );
      if (evidence === null) continue;
      if (!incident.behaviour.has(evidence.feature)) this.#found(evidence.detector);
      incident.behaviour.set(evidence.feature, evidence);
    }
    const families = this.#scorer.families(bits);
    incident.families = Object.fromEntries([...families].map(([family, share]) => [family, share.bits]));
    incident.counterfactuals = counterfactuals(families, bits, threshold);
    const isFolded = this.#telling.tell(event, incident);
    // One of a campaign that was told before costs nobody's attention.
    if (known === undefined && !isFolded) this.#budget.spend();
  }

  #violate(event: UsageEvent, detector: ViolationDetector, found: Violation): void {
    const known = this.#incidents.current(event.credentialId, event.timestampMs);
    const incident = known ?? this.#incidents.open(event, 'violation', this.#budget.thresholdBits);
    this.#memory.identity.incident = 1;
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
    incident.lastEvidenceMs = Math.max(incident.lastEvidenceMs, event.timestampMs);
    if (incident.kind === 'violation' && incident.behaviour.size === 0)
      incident.peakBits = Math.max(incident.peakBits, violationBits[detector.severity]);
    this.#accompany(event, incident);
    if (earlier === undefined || incident.resolvedMs !== null) {
      incident.resolvedMs = null;
      this.#telling.tell(event, incident);
    }
  }

  /** The incident's credential was used again. */
  #accompany(event: UsageEvent, incident: Incident): void {
    if (incident.last === event && incident.events > 0) return;
    incident.events += 1;
    incident.last = event;
    incident.lastEventMs = Math.max(incident.lastEventMs, event.timestampMs);
    if (incident.examples.length >= mostExamples) return;
    const chain = this.#recent.chain(this.#memory.identity.recent, event.credentialId, mostExamples);
    for (const recent of incident.examples.length === 0 ? chain.reverse() : chain.slice(0, 1)) {
      if (!incident.examples.some(({ number }) => number === recent.number)) incident.examples.push(recent);
    }
    incident.firstEventMs = Math.min(
      incident.firstEventMs,
      ...incident.examples.map((e) => e.event.timestampMs),
    );
    if (
      incident.toldExamples < examplesWanted &&
      incident.examples.length >= examplesWanted &&
      incident.toldDetectors > 0
    ) {
      this.#telling.deliver(incident);
    }
  }

  #found(detector: string): void {
    this.findings.set(detector, (this.findings.get(detector) ?? 0) + 1);
  }
}
