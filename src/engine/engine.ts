import type { Position } from '../../schemas/position.ts';
import { credentialTypes, type UsageEvent } from '../../schemas/usage-event.ts';
import { hourMs } from '../stats/durations.ts';
import { Admission } from './admission.ts';
import { Budget, startBits } from './budget.ts';
import { Campaigns } from './campaigns.ts';
import { CommonChanges } from './common-changes.ts';
import { Coverage } from './coverage.ts';
import { CredentialMemory } from './credential-memory.ts';
import type { Deployment } from './deployment.ts';
import type { BehaviouralDetector, ViolationDetector } from './detector.ts';
import type {
  CheckpointWriter,
  Engine,
  EngineFigures,
  EngineOptions,
  EngineOutput,
  TimeVerdict,
} from './engine.types.ts';
import { EntityStore } from './entity-store.ts';
import { EventClock } from './event-clock.ts';
import { newPrints, takePrints } from './event-prints.ts';
import { Explaining } from './explaining.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { HourReports } from './hour-reports.ts';
import { HourTurn } from './hour-turn.ts';
import { Incidents } from './incidents.ts';
import { Judging } from './judging.ts';
import { gateWeight } from './learning-gate.ts';
import { Lineage } from './lineage.ts';
import { Measuring } from './measuring.ts';
import { newsOf } from './news.ts';
import { paceLayout } from './pace.ts';
import { RecordLayout } from './record-layout.ts';
import { RecordOwner } from './record-owner.ts';
import { isRefused } from './refusal.ts';
import { Scorer } from './scorer.ts';
import { SharedMemory } from './shared-memory.ts';
import { readSnapshot, type SnapshotParts, writeSnapshot } from './snapshot.ts';
import { Telling } from './telling.ts';

const sweepEveryMs = 60_000;
const gateBelowThresholdBits = 3;

export function createEngine(options: EngineOptions): Engine {
  return new CredentialEngine(options);
}

/** See Engine. One instance judges one stream (a whole standalone service, or one shard). */
class CredentialEngine implements Engine {
  readonly #options: EngineOptions;
  readonly #parts: SnapshotParts;
  readonly #memory: CredentialMemory;
  readonly #admission: Admission;
  readonly #owner: RecordOwner;
  readonly #measuring: Measuring;
  readonly #telling: Telling;
  readonly #judging: Judging;
  /** Undefined unless score lines or traces are asked for. */
  readonly #reports: HourReports | undefined;
  readonly #hourTurn: HourTurn;
  readonly #coverage: Coverage;
  readonly #counted: Record<TimeVerdict, number> = { 'on-time': 0, late: 0, refused: 0, duplicate: 0 };
  /** Ids of open hours by record, only while there are reports. */
  readonly #open = new Map<number, string>();
  readonly #prints = newPrints();
  readonly #gateMidpointBits: number;

  constructor(options: EngineOptions) {
    const { detectors, model, scores, trace } = options;
    const { startThresholdBits, stepBits, coldThresholdBits, rates } = model.calibration;
    const layout = new RecordLayout();
    const shared = new SharedMemory(options.sizes);
    const memory = new CredentialMemory(layout, shared);
    // The order of these is the layout of a stored record.
    const pace = layout.add('pace', paceLayout);
    const behavioural = detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural');
    const violations = detectors.filter((d): d is ViolationDetector => d.kind === 'violation');
    const scorer = new Scorer(layout, behavioural, credentialTypes.length, model);
    this.#measuring = new Measuring(layout, memory, scorer, behavioural, pace);
    const budget = new Budget(options.alertsPerDay, startBits(rates, startThresholdBits), stepBits);
    const incidents = new Incidents(options.resolveAfterMs);
    const campaigns = new Campaigns();
    const changes = new CommonChanges(campaigns, shared.newsRate);
    const lineage = new Lineage();
    const clock = new EventClock(options.allowedLatenessMs, options.maxAheadMs);
    const store = new EntityStore(layout, options.maxCredentials);
    this.#options = options;
    this.#memory = memory;
    this.#memory.deployment = options.deployment;
    this.#parts = {
      layout,
      store,
      shared,
      habits: scorer.habits,
      budget,
      incidents,
      campaigns,
      changes,
      lineage,
      clock,
    };
    this.#admission = new Admission(clock, shared.requests);
    this.#owner = new RecordOwner(store, shared, memory, incidents);
    const explaining = new Explaining(memory, shared, scorer);
    this.#telling = new Telling({ memory, explaining, incidents, campaigns, changes }, detectors, options);
    const coldBits = Math.max(startThresholdBits, coldThresholdBits);
    this.#judging = new Judging(
      { memory, explaining, budget, incidents, lineage, telling: this.#telling },
      violations,
      options.detectorOptions ?? {},
      coldBits,
    );
    if (scores || trace !== undefined) this.#reports = new HourReports(memory, scorer, budget, scores, trace);
    this.#gateMidpointBits = startThresholdBits - gateBelowThresholdBits;
    this.#hourTurn = new HourTurn(layout, memory, scorer, incidents, this.#reports, this.#gateMidpointBits);
    this.#coverage = new Coverage(detectors);
  }

  process(event: UsageEvent, ingestTimeMs: number, partition: string, at: Position | null): TimeVerdict {
    const prints = this.#prints;
    takePrints(event, prints);
    fetchAhead(prints, this.#parts.store, this.#parts.shared);
    const verdict = this.#admission.admit(event, prints.request, ingestTimeMs, partition);
    this.#counted[verdict] += 1;
    if (verdict === 'refused' || verdict === 'duplicate') return verdict;
    this.#coverage.observe(event);
    this.#telling.begin();
    const { identity } = this.#memory;
    const timeS = Math.floor(event.timestampMs / 1000);
    const eventHour = Math.floor(event.timestampMs / hourMs);
    const found = this.#owner.find(event, prints.credential, timeS, eventHour);
    const { low, high } = this.#owner.key;
    if (found < 0 || Math.floor(eventHour / 24) > Math.floor(identity.hour / 24)) this.#meet(event);
    if (eventHour > identity.hour) {
      this.#judging.endHour(event.credentialId);
      this.#hourTurn.turn(event.credentialId, eventHour);
    }

    // An event that comes after its hour has closed counts in the running one: close in time, and never lost.
    const seen = this.#memory.observe(event, prints, low, high, identity.hour, timeS);
    const measured = this.#measuring.measure(event, seen);
    if (this.#reports !== undefined) this.#report(this.#reports, event, found, measured);
    this.#judging.judge(event, at, measured);
    const weight = gateWeight(identity.bestBits, this.#gateMidpointBits, identity.activeHours);
    this.#measuring.learn(event, seen);
    this.#memory.remember(event, prints, low, high, weight);
    if (this.#parts.shared.population.news.length > 0) this.#followNews(event, at);
    if (event.timestampMs - this.#parts.clock.sweptMs >= sweepEveryMs) this.#sweep();
    return verdict;
  }

  drain(): EngineOutput {
    const output = { alerts: this.#telling.alerts, scores: this.#reports?.lines ?? [] };
    this.#telling.alerts = [];
    if (this.#reports !== undefined) this.#reports.lines = [];
    return output;
  }

  finish(): void {
    this.#telling.begin();
    for (const [number, credentialId] of this.#open) {
      this.#parts.store.seek(number);
      this.#hourTurn.close(credentialId);
    }
    this.#open.clear();
    this.#judging.endHoursBefore(Number.POSITIVE_INFINITY);
    this.#telling.resolve(this.#parts.clock.newestMs(), this.#options.resolveAfterMs);
  }

  reconfigure(deployment: Deployment, alertsPerDay: number): void {
    this.#memory.deployment = deployment;
    this.#parts.budget.perDay = alertsPerDay;
  }

  figures(): EngineFigures {
    const { layout, store, shared, budget, incidents, campaigns, changes, lineage, clock } = this.#parts;
    return {
      credentials: store.size,
      evictedIdle: store.evictions.idle,
      evictedFull: store.evictions.full,
      inherited: shared.succession.heirs,
      events: { ...this.#counted },
      findings: this.#judging.findings,
      incidentsOpen: incidents.openCount(),
      thresholdBits: budget.thresholdBits,
      alertsPerDayAsked: budget.perDay,
      alertsPerDayDelivered: budget.deliveredPerDay,
      clocks: clock.partitions,
      coverage: this.#coverage.shares(),
      tableEvictions: new Map([
        ...shared.tables().map(([name, table]) => [name, table.evictions] as const),
        ['names', shared.names.evictions],
        ['incidents', incidents.evictions],
        ['campaigns', campaigns.evictions],
        ['news', changes.trails.evictions],
        ['changes', changes.evictions],
        ['lineage', lineage.evictions],
      ]),
      changesWithheld: changes.withheld,
      bytesPerCredential: layout.words * 4,
    };
  }

  checkpoint(writer: CheckpointWriter): void {
    writeSnapshot(this.#parts, writer);
  }

  restore(entries: Iterable<readonly [key: string, value: Uint8Array]>): void {
    readSnapshot(this.#parts, entries);
  }

  /** What was refused says nothing of how many credentials are in use. */
  #meet(event: UsageEvent): void {
    if (!isRefused(event)) this.#parts.budget.meet();
  }

  #followNews(event: UsageEvent, at: Position | null): void {
    const { changes, shared, budget } = this.#parts;
    const { identity } = this.#memory;
    const news = newsOf(this.#memory, shared, event);
    shared.population.news.length = 0;
    for (const change of changes.observe(news, event.credentialId, event.timestampMs, identity.hour))
      this.#telling.tellChange(change, event, at, budget.thresholdBits);
  }

  #report(reports: HourReports, event: UsageEvent, found: number, measured: boolean): void {
    this.#open.set(found < 0 ? -1 - found : found, event.credentialId);
    if (measured) reports.running(event.credentialId, event.timestampMs);
  }

  /** Once a minute of event time: judge hours that have ended, resolve quiet incidents, drop idle credentials. */
  #sweep(): void {
    const newest = this.#parts.clock.newestMs();
    this.#parts.clock.sweptMs = newest;
    this.#judging.endHoursBefore(Math.floor((newest - this.#options.allowedLatenessMs) / hourMs));
    this.#telling.resolve(newest, this.#options.resolveAfterMs);
    this.#parts.store.evictIdle(Math.floor((newest - this.#options.idleEvictionMs) / 1000), (number) =>
      this.#open.delete(number),
    );
  }
}
