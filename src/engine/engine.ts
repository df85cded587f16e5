import type { Alert } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import type { Position } from '../../schemas/position.ts';
import type { ScoreLine } from '../../schemas/score-line.ts';
import { credentialTypes, type UsageEvent } from '../../schemas/usage-event.ts';
import { type Fingerprint, fingerprint, hash32, mix32 } from '../stats/hash.ts';
import { type Bound, bind } from './bound-detectors.ts';
import { Budget, startBits } from './budget.ts';
import { campaignAlert } from './campaign-alert.ts';
import { type Campaign, Campaigns } from './campaigns.ts';
import { counterfactuals } from './counterfactuals.ts';
import { Coverage } from './coverage.ts';
import type { Deployment } from './deployment.ts';
import type { BehaviouralDetector, Detector, ViolationDetector } from './detector.ts';
import type {
  CheckpointWriter,
  Engine,
  EngineFigures,
  EngineOutput,
  HourTrace,
  TimeVerdict,
} from './engine.types.ts';
import { EntityStore } from './entity-store.ts';
import { EventClock } from './event-clock.ts';
import { newPrints, takePrints } from './event-prints.ts';
import { alertOf, evidenceOf, portrait } from './explanation.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { unscaled } from './habits.ts';
import { type Incident, Incidents, worst } from './incidents.ts';
import { gateWeight } from './learning-gate.ts';
import { CredentialMemory } from './observe.ts';
import { isDue, isPowerOfTwo, keepPace, paceLayout, volumeOf } from './pace.ts';
import { RecentEvents } from './recent-events.ts';
import { RecordLayout } from './record-layout.ts';
import { Scorer } from './scorer.ts';
import { type MemorySizes, SharedMemory } from './shared-memory.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { warmingUp } from './warming-up.ts';

export interface EngineOptions {
  readonly detectors: readonly Detector[];
  readonly model: Model;
  /** Options of violation detectors by id; missing ones take their defaults. */
  readonly detectorOptions?: Readonly<Record<string, unknown>>;
  readonly deployment: Deployment;
  readonly alertsPerDay: number;
  readonly resolveAfterMs: number;
  readonly allowedLatenessMs: number;
  readonly maxAheadMs: number;
  readonly maxCredentials: number;
  readonly idleEvictionMs: number;
  readonly sizes: MemorySizes;
  /** Emit one score line per closed credential-hour. */
  readonly scores: boolean;
  readonly simulated: boolean;
  readonly runbookBase: string;
  readonly trace?: (hour: HourTrace) => void;
}

const hourMs = 3_600_000;
const duplicateWithinS = 2;
const adoptAfterMs = 72 * hourMs;
const adoptWeight = 0.25;
/** A score moves only when its input does; smaller moves are not worth a network evaluation. */
const inputStep = 0.35;
/** An input of 0 that was scored: 0 itself says that the hour has no score yet. */
const nothingYet = 1e-30;
const newsBits = 10;
const examplesWanted = 3;
const mostExamples = 5;
const sweepEveryMs = 60_000;
const gateBelowThresholdBits = 3;
const violationBits = { low: 8, medium: 15, high: 20, critical: 30 } as const;

export function createEngine(options: EngineOptions): Engine {
  return new CredentialEngine(options);
}

/** See Engine. One instance judges one stream (a whole standalone service, or one shard). */
class CredentialEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #layout = new RecordLayout();
  readonly #shared: SharedMemory;
  readonly #memory: CredentialMemory;
  readonly #store: EntityStore;
  readonly #scorer: Scorer;
  readonly #behavioural: readonly Bound[];
  readonly #violations: readonly {
    score: ViolationDetector['score'];
    options: unknown;
    detector: ViolationDetector;
  }[];
  readonly #byId: ReadonlyMap<string, Detector>;
  readonly #clock: EventClock;
  readonly #budget: Budget;
  readonly #incidents = new Incidents();
  readonly #campaigns = new Campaigns();
  readonly #recent = new RecentEvents(16_384);
  readonly #coverage: Coverage;
  readonly #findings = new Map<string, number>();
  readonly #counted: Record<TimeVerdict, number> = { 'on-time': 0, late: 0, refused: 0, duplicate: 0 };
  /** Ids of open hours, only while score lines or traces are asked for. */
  readonly #names = new Map<number, string>();
  readonly #prints = newPrints();
  /** Key of the credential whose place the event's took. */
  readonly #ancestor: Fingerprint = { low: 0, high: 0 };
  readonly #gateMidpointBits: number;
  readonly #coldBits: number;
  readonly #pace;
  #alerts: Alert[] = [];
  #scores: ScoreLine[] = [];
  #sweptMs = 0;
  #deployment: Deployment;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#deployment = options.deployment;
    this.#shared = new SharedMemory(options.sizes);
    this.#memory = new CredentialMemory(this.#layout, this.#shared);
    this.#pace = this.#layout.add('pace', paceLayout);
    this.#memory.deployment = options.deployment;
    const behavioural = options.detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural');
    this.#scorer = new Scorer(this.#layout, behavioural, credentialTypes.length, options.model);
    this.#behavioural = bind(behavioural, this.#layout, this.#scorer.raw);
    this.#violations = options.detectors
      .filter((d): d is ViolationDetector => d.kind === 'violation')
      .map((detector) => ({
        detector,
        score: detector.score,
        options: detector.options.parse(options.detectorOptions?.[detector.id] ?? {}),
      }));
    this.#byId = new Map(options.detectors.map((detector) => [detector.id, detector]));
    this.#store = new EntityStore(this.#layout, options.maxCredentials);
    this.#clock = new EventClock(options.allowedLatenessMs, options.maxAheadMs);
    const { startThresholdBits, stepBits, rates } = options.model.calibration;
    this.#budget = new Budget(options.alertsPerDay, startBits(rates, startThresholdBits), stepBits);
    this.#gateMidpointBits = startThresholdBits - gateBelowThresholdBits;
    this.#coldBits = Math.max(startThresholdBits, ...rates.map(({ bits }) => bits));
    this.#coverage = new Coverage(options.detectors);
  }

  process(event: UsageEvent, ingestTimeMs: number, partition: string, at: Position | null): TimeVerdict {
    const prints = this.#prints;
    takePrints(event, prints);
    fetchAhead(prints, this.#store, this.#shared);
    let { low, high } = prints.credential;
    const verdict = this.#admit(event, ingestTimeMs, partition);
    this.#counted[verdict] += 1;
    if (verdict === 'refused' || verdict === 'duplicate') return verdict;
    this.#coverage.observe(event);
    const timeS = Math.floor(event.timestampMs / 1000);
    const eventHour = Math.floor(event.timestampMs / hourMs);
    let found = this.#store.find(low, high, timeS);
    if (found >= 0) this.#shared.fetched = this.#store.fetchRecord();
    if (found < 0) {
      found = this.#inherited(event, low, high, timeS, eventHour);
      if (found >= 0) ({ low, high } = this.#ancestor);
      else found = this.#store.locate(low, high, timeS);
    }
    const { identity } = this.#memory;
    if (found < 0) this.#introduce(event, low, high, timeS, eventHour);
    else if (Math.floor(eventHour / 24) > Math.floor(identity.hour / 24)) this.#meet(event);
    if (eventHour > identity.hour) this.#turnHour(event.credentialId, low, eventHour);
    // An event that comes after its hour has closed counts in the running one: close in time, and never lost.
    const hour = identity.hour;
    if (this.#options.scores || this.#options.trace !== undefined)
      this.#names.set(record(found), event.credentialId);

    const bound = this.#behavioural;
    const seen = this.#memory.observe(event, prints, low, high, hour, timeS);
    const count = identity.eventsThisHour + 1;
    const volume = volumeOf(event);
    const measured = isDue(this.#pace, count, volume, seen);
    if (measured) {
      for (let d = 0; d < bound.length; d += 1) {
        const { score, state, out } = bound[d] as Bound;
        score(event, state, seen, out);
      }
      this.#score();
    }
    const weight = this.#judge(event, at, measured);
    for (let d = 0; d < bound.length; d += 1) {
      const { learn, state } = bound[d] as Bound;
      learn(event, state, seen);
    }
    if (measured) this.#scorer.habits.keep(this.#scorer.values);
    keepPace(this.#pace, count, volume, seen, measured);
    this.#memory.remember(event, prints, low, high, weight);
    identity.eventsThisHour = count;
    if (event.timestampMs - this.#sweptMs >= sweepEveryMs) this.#sweep();
    return verdict;
  }

  drain(): EngineOutput {
    const output = { alerts: this.#alerts, scores: this.#scores };
    this.#alerts = [];
    this.#scores = [];
    return output;
  }

  finish(): void {
    if (this.#options.scores || this.#options.trace !== undefined) {
      for (const [number, credentialId] of this.#names) {
        this.#store.seek(number);
        this.#closeHour(credentialId);
      }
      this.#names.clear();
    }
    this.#resolve(this.#clock.newestMs());
  }

  reconfigure(deployment: Deployment, alertsPerDay: number): void {
    this.#deployment = deployment;
    this.#memory.deployment = deployment;
    this.#budget.perDay = alertsPerDay;
  }

  figures(): EngineFigures {
    return {
      credentials: this.#store.size,
      evictedIdle: this.#store.evictions.idle,
      evictedFull: this.#store.evictions.full,
      inherited: this.#shared.succession.heirs,
      events: { ...this.#counted },
      findings: this.#findings,
      incidentsOpen: this.#incidents.openCount(),
      thresholdBits: this.#budget.thresholdBits,
      alertsPerDayAsked: this.#budget.perDay,
      alertsPerDayDelivered: this.#budget.deliveredPerDay,
      clocks: this.#clock.partitions,
      coverage: this.#coverage.shares(),
      tableEvictions: new Map([
        ...this.#shared.tables().map(([name, table]) => [name, table.evictions] as const),
        ['names', this.#shared.names.evictions],
        ['incidents', this.#incidents.evictions],
        ['campaigns', this.#campaigns.evictions],
      ]),
      bytesPerCredential: this.#layout.words * 4,
    };
  }

  checkpoint(writer: CheckpointWriter): void {
    writeSnapshot(this.#parts(), writer);
  }

  restore(entries: Iterable<readonly [key: string, value: Uint8Array]>): void {
    readSnapshot(this.#parts(), entries);
  }

  #parts() {
    return {
      layout: this.#layout,
      store: this.#store,
      shared: this.#shared,
      habits: this.#scorer.habits,
      budget: this.#budget,
      incidents: this.#incidents,
      campaigns: this.#campaigns,
      clock: this.#clock,
    };
  }

  #admit(event: UsageEvent, ingestTimeMs: number, partition: string): TimeVerdict {
    const verdict = this.#clock.observe(partition, event.timestampMs, ingestTimeMs);
    if (verdict === 'refused' || event.httpRequestId === null) return verdict;
    const { low, high } = this.#prints.request;
    // A client may choose the request id: only seconds apart is it the same request.
    const timeS = Math.floor(event.timestampMs / 1000);
    const table = this.#shared.requests;
    const earlier = table.find(low, high);
    if (earlier >= 0 && Math.abs(timeS - table.mark(earlier)) <= duplicateWithinS) return 'duplicate';
    const hour = Math.floor(timeS / 3600);
    let entry = earlier;
    if (entry < 0) entry = table.add(low, high, hour);
    else table.use(entry, hour);
    table.setMark(entry, timeS);
    return verdict;
  }

  /** Record of the credential whose place this one took, its key in `#ancestor`; −1 when it took nobody's. */
  #inherited(event: UsageEvent, low: number, high: number, timeS: number, hour: number): number {
    const { succession } = this.#shared;
    const ancestor = this.#ancestor;
    if (succession.ancestorOf(low, high, hour, ancestor))
      return this.#store.find(ancestor.low, ancestor.high, timeS);
    const renamed = this.#renamed(event, low, high, timeS, hour);
    if (renamed >= 0) return renamed;
    if (!succession.candidate(event, ancestor)) return -1;
    const found = this.#store.find(ancestor.low, ancestor.high, timeS);
    if (found < 0 || !this.#memory.isAtHome(event)) return -1;
    succession.inherit(low, high, hour, ancestor);
    return found;
  }

  /** The same credential by the hash key before: what holds of that id holds of this one from now on. */
  #renamed(event: UsageEvent, low: number, high: number, timeS: number, hour: number): number {
    const { credentialId, credentialFormerId } = event;
    if (credentialFormerId === null) return -1;
    const { succession } = this.#shared;
    const former = fingerprint(credentialFormerId, 0, this.#ancestor);
    succession.ancestorOf(former.low, former.high, hour, former);
    const found = this.#store.find(former.low, former.high, timeS);
    if (found < 0) return -1;
    succession.inherit(low, high, hour, former);
    this.#incidents.rename(credentialFormerId, credentialId);
    return found;
  }

  #introduce(event: UsageEvent, low: number, high: number, timeS: number, hour: number): void {
    const { identity } = this.#memory;
    this.#shared.succession.introduce(event, low, high, hour);
    this.#meet(event);
    identity.firstS = timeS;
    identity.hour = hour;
    identity.type = credentialTypes.indexOf(event.credentialType);
    identity.peer = mix32(identity.type + 1, hash32(event.organizationId ?? '', 13));
    this.#memory.openHour(hour);
  }

  /** What was refused may be anybody's guess: it says nothing of how many credentials are in use. */
  #meet(event: UsageEvent): void {
    if (event.status !== 401 && event.status !== 403) this.#budget.meet();
  }

  /** Closes the running hour with what it taught, and opens the next. */
  #turnHour(credentialId: string, _low: number, hour: number): void {
    this.#closeHour(credentialId);
    const { identity } = this.#memory;
    const elapsed = hour - identity.hour;
    const { cursor } = this.#layout;
    for (const word of this.#layout.hourlyWords) cursor.u32[cursor.word + word] = 0;
    for (const { word, halfLifeHours } of this.#layout.fadingCells) {
      const at = cursor.word + word;
      cursor.f32[at] = (cursor.f32[at] as number) * 2 ** (-elapsed / halfLifeHours);
    }
    identity.hour = hour;
    this.#memory.openHour(hour);
  }

  #closeHour(credentialId: string): void {
    const { identity } = this.#memory;
    if (identity.eventsThisHour === 0) return;
    const { scorer, type, hours } = {
      scorer: this.#scorer,
      type: identity.type,
      hours: identity.activeHours,
    };
    scorer.habits.kept(scorer.values);
    const best = identity.bestBits;
    if (this.#options.scores || this.#options.trace !== undefined) this.#report(credentialId, best);
    let weight = gateWeight(best, this.#gateMidpointBits);
    const incident = this.#incidents.get(credentialId);
    const closesMs = (identity.hour + 1) * hourMs;
    const adopting =
      incident !== undefined && incident.violations.size === 0 && closesMs - incident.openedMs > adoptAfterMs;
    if (adopting) {
      weight = Math.max(weight, adoptWeight);
      incident.adoptedMs ??= closesMs;
    }
    scorer.habits.learn(scorer.values, type, hours, weight);
    this.#memory.closeHour(identity.hour, adopting ? 1 : weight);
    identity.activeHours = hours + weight;
  }

  /** Score line and trace of the hour that closes. */
  #report(credentialId: string, best: number): void {
    const { identity } = this.#memory;
    const scorer = this.#scorer;
    scorer.columns.forEach(({ spec, index }) => {
      scorer.raw[index] = unscaled(spec, scorer.values[index] as number);
    });
    scorer.habits.residuals(scorer.values, identity.type, identity.activeHours, scorer.residuals);
    scorer.prepare(identity.activeHours);
    const closing = Math.max(best, scorer.score());
    if (this.#options.scores) {
      const families: Record<string, number> = {};
      for (const [family, bits] of scorer.families(closing)) families[family] = round(bits);
      this.#scores.push({
        'credential.id': credentialId,
        hour: identity.hour * hourMs,
        events: identity.eventsThisHour,
        score_bits: round(closing),
        threshold_bits: round(this.#budget.thresholdBits),
        families,
      });
    }
    this.#trace(credentialId, 'close', closing, identity.hour * hourMs + hourMs - 1);
  }

  #trace(credentialId: string, moment: HourTrace['moment'], scoreBits: number, timeMs: number): void {
    const { identity } = this.#memory;
    this.#options.trace?.({
      credentialId,
      credentialType: credentialTypes[identity.type] ?? 'unknown',
      hour: identity.hour,
      moment,
      events: identity.eventsThisHour + (moment === 'running' ? 1 : 0),
      activeHours: identity.activeHours,
      raw: this.#scorer.raw,
      residuals: this.#scorer.residuals,
      scoreBits,
      timeMs,
    });
  }

  /** Scores the event, opens or feeds the credential's incident, and returns the learning gate's weight. */
  #judge(event: UsageEvent, at: Position | null, measured: boolean): number {
    const { identity, seen } = this.#memory;
    identity.recent = this.#recent.add(event, at, identity.recent) >>> 0;
    if (this.#options.trace !== undefined && isPowerOfTwo(identity.eventsThisHour + 1)) {
      this.#trace(event.credentialId, 'running', identity.lastBits, event.timestampMs);
    }
    this.#budget.advance(event.timestampMs);
    for (const { score, options, detector } of this.#violations) {
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
    return gateWeight(identity.bestBits, this.#gateMidpointBits);
  }

  /** Measures the running hour; a score is computed only when its input has moved. */
  #score(): void {
    const { identity } = this.#memory;
    const input = this.#scorer.measure(identity.type, identity.activeHours);
    const isFirst = identity.lastInput === 0;
    if (!isFirst && Math.abs(input - identity.lastInput) < inputStep) return;
    identity.lastBits = this.#scorer.score();
    identity.lastInput = input === 0 ? nothingYet : input;
    if (isFirst || identity.lastBits > identity.bestBits) identity.bestBits = identity.lastBits;
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
    const over = bits - threshold;
    incident.severity = worst(incident.severity, over > 12 ? 'critical' : over > 5 ? 'high' : 'medium');
    for (const contribution of this.#scorer
      .contributions(bits, identity.type, identity.activeHours)
      .slice(0, 12)) {
      const { about } = contribution.column.spec;
      const evidence = evidenceOf(contribution, about === undefined ? null : this.#memory.frequency(about));
      if (evidence === null) continue;
      if (!incident.behaviour.has(evidence.feature)) this.#found(evidence.detector);
      incident.behaviour.set(evidence.feature, evidence);
    }
    const families = this.#scorer.families(bits);
    incident.families = Object.fromEntries(families);
    incident.counterfactuals = counterfactuals(families, bits, threshold);
    const isFolded = this.#tell(event, incident);
    // One of a campaign that was told before costs nobody's attention.
    if (known === undefined && !isFolded) this.#budget.spend();
  }

  #violate(
    event: UsageEvent,
    detector: ViolationDetector,
    found: { observed: string; expected: string; text: string },
  ): void {
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
      this.#tell(event, incident);
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
      this.#deliver(incident);
    }
  }

  /**
   * Delivers when there is something new to say: first time, another detector, or ten bits more. True
   * when the incident belongs to a campaign that was told before it.
   */
  #tell(event: UsageEvent, incident: Incident): boolean {
    const { identity } = this.#memory;
    const requests = this.#scorer.columns.find(({ spec }) => spec.name === 'requests');
    const perHour =
      requests === undefined
        ? 0
        : this.#scorer.habits.expected(requests.index, identity.type, identity.activeHours);
    incident.picture = portrait(this.#memory, this.#shared, perHour);
    incident.last = event;
    const detectors =
      incident.violations.size + new Set([...incident.behaviour.values()].map((e) => e.detector)).size;
    const campaign = this.#campaigns.join(incident, this.#memory.links(), event.timestampMs);
    const isFolded = campaign !== null && campaign.toldMembers > 0;
    if (campaign !== null && incident.toldDetectors === 0) incident.campaign = campaign.id;
    const news = detectors > incident.toldDetectors || incident.peakBits >= incident.toldBits + newsBits;
    if (news || incident.toldDetectors === 0) this.#deliver(incident, detectors);
    if (campaign !== null && this.#campaigns.isNews(campaign)) this.#announce(campaign, incident);
    return isFolded;
  }

  #announce(campaign: Campaign, incident: Incident): void {
    campaign.toldMembers = campaign.members.length + campaign.unlisted;
    campaign.lead = this.#alertOf(incident);
    this.#alerts.push(campaignAlert(campaign, campaign.lead));
  }

  #deliver(incident: Incident, detectors = incident.toldDetectors): void {
    incident.toldBits = Math.max(incident.toldBits, incident.peakBits);
    incident.toldDetectors = detectors;
    incident.toldExamples = incident.examples.length;
    this.#alerts.push(this.#alertOf(incident));
  }

  #alertOf(incident: Incident): Alert {
    return alertOf({
      incident,
      detectors: this.#byId,
      owner: this.#deployment.owner(incident.last),
      simulated: this.#options.simulated,
      runbookBase: this.#options.runbookBase,
    });
  }

  #found(detector: string): void {
    this.#findings.set(detector, (this.#findings.get(detector) ?? 0) + 1);
  }

  /** Once a minute of event time: resolve quiet incidents, drop idle credentials. */
  #sweep(): void {
    const newest = this.#clock.newestMs();
    this.#sweptMs = newest;
    this.#resolve(newest);
    this.#store.evictIdle(Math.floor((newest - this.#options.idleEvictionMs) / 1000), (number) =>
      this.#names.delete(number),
    );
  }

  #resolve(timeMs: number): void {
    for (const incident of this.#incidents.resolveQuiet(timeMs, this.#options.resolveAfterMs))
      this.#deliver(incident);
    for (const campaign of this.#campaigns.resolveQuiet(timeMs, this.#options.resolveAfterMs))
      if (campaign.lead !== null) this.#alerts.push(campaignAlert(campaign, campaign.lead));
  }
}

function record(found: number): number {
  return found < 0 ? -1 - found : found;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
