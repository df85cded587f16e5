import type { UsageEvent } from '../../schemas/usage-event.ts';
import { dormancyBits } from '../stats/dormancy.ts';
import { hash32 } from '../stats/hash.ts';
import { unusualHourBits, weekBin, weekBins } from '../stats/hour-of-week.ts';
import { clientHash, networkHash } from './client-identity.ts';
import { identityLayout, idLayout } from './core-layout.ts';
import { type Deployment, nothingDeclared } from './deployment.ts';
import { notMeasured } from './detector.ts';
import { addDimensions, type Dimensions, hourDimension } from './dimensions.ts';
import type { EventPrints } from './event-prints.ts';
import { nameValues } from './name-values.ts';
import { AttributeMemory, gatewaySeed } from './observe-attributes.ts';
import { observeContext, rememberContext } from './observe-context.ts';
import { forgetRanges, observeIds, rememberIds } from './observe-ids.ts';
import { ObjectMemory } from './observe-objects.ts';
import { OperationMemory } from './observe-operations.ts';
import { observeUse, rememberUse } from './observe-use.ts';
import { type Dimension, type Moment, quarantine, rememberValue } from './observe-values.ts';
import type { RecordLayout, StateOf } from './record-layout.ts';
import { isRefused } from './refusal.ts';
import { nothingSeen, type Seen } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';
import { leastHabitHours } from './succession.ts';

const trusted = 0.5;
const hoursBeforeHabit = 20;
const weekS = 7 * 86_400;
const weekUnit = 64;
const gatewaysKept = 1024;
const gapsKept = 200;
/** Pauses, not the beat inside a session. */
const shortestPauseHours = 1;

/** What the engine itself keeps of every credential, and how it reads an event against it. */
export class CredentialMemory {
  readonly seen: Seen = nothingSeen();
  readonly identity: StateOf<typeof identityLayout>;
  readonly dimensions: Dimensions;
  /** Replaced as a whole when the configuration is read again. */
  deployment: Deployment = nothingDeclared;
  readonly #all: readonly Dimension[];
  readonly #ids: StateOf<typeof idLayout>;
  readonly #attributes: AttributeMemory;
  readonly #operations: OperationMemory;
  readonly #objects: ObjectMemory;
  readonly #shared: SharedMemory;
  readonly #now = { hour: 0, timeS: 0, firstS: 0, activeHours: 0, peer: 0 };
  #context = 0;
  #gateway = 0;

  constructor(layout: RecordLayout, shared: SharedMemory) {
    this.#shared = shared;
    this.identity = layout.add('identity', identityLayout);
    this.dimensions = addDimensions(layout);
    this.#all = Object.values(this.dimensions);
    this.#ids = layout.add('ids', idLayout);
    this.#attributes = new AttributeMemory(shared, this.identity, this.dimensions, this.seen);
    this.#operations = new OperationMemory(shared, this.identity, this.dimensions.routes);
    this.#objects = new ObjectMemory(shared.objects, shared.owners);
  }

  /** Fills `seen` for this event of the record under the cursor, whose key is given. Changes no memory. */
  observe(
    event: UsageEvent,
    prints: EventPrints,
    low: number,
    high: number,
    hour: number,
    timeS: number,
  ): Seen {
    const { seen, identity } = this;
    const { operation } = prints;
    const shared = this.#shared;
    const now = this.#moment(hour, timeS);
    seen.hour = hour;
    seen.timeS = timeS;
    seen.activeHours = now.activeHours;
    seen.ageHours = Math.max(0, timeS - now.firstS) / 3600;
    seen.opensHour = identity.eventsThisHour === 0;
    seen.gapHours = identity.lastS === 0 ? 0 : Math.max(0, timeS - identity.lastS) / 3600;
    seen.gapBits = dormancyBits(seen.gapHours, identity.meanLogGapHours);
    this.#observeOutcome(event);
    this.#attributes.observe(event, now);
    seen.fromFreshContext = seen.place.fresh || seen.client.fresh;
    this.#context = observeContext(
      identity,
      event,
      seen,
      now,
      shared.population,
      this.dimensions.countries.number,
    );
    this.#operations.observe(operation, low, high, now, seen);
    this.#objects.observe(event, prints, low, high, hour, seen);
    observeIds(this.#ids, event, operation.hash, seen);
    observeUse(shared, event, prints.token, this.#context, timeS, seen);
    seen.hourBits = seen.opensHour ? this.#hourBits(hour) : 0;
    shared.clients.observe(low, high, seen);
    this.#gateway = hash32(event.gatewayName ?? event.gatewayType, gatewaySeed);
    seen.gatewayLogsKeys = shared.gatewaysWithKeys.size > 0 && shared.gatewaysWithKeys.has(this.#gateway);
    this.#observeDeployment(event);
    return seen;
  }

  /** Whether the observed event's credential performed an operation of this hour in no hour before. Its slots forget some; this does not. */
  isNewOperation(hash: number): boolean {
    return this.#operations.isNew(hash);
  }

  /** The event comes from where the record's credential was used last, by the same client, and habits are known. */
  isAtHome(event: UsageEvent): boolean {
    const { identity } = this;
    return (
      identity.activeHours >= leastHabitHours &&
      identity.networkNow !== 0 &&
      identity.networkNow === networkHash(event.clientAddress) &&
      identity.clientNow !== 0 &&
      identity.clientNow === clientHash(event)
    );
  }

  /** Makes the observed event part of memory. `weight`: the learning gate, 0…1. */
  remember(event: UsageEvent, prints: EventPrints, low: number, high: number, weight: number): void {
    const { seen, identity } = this;
    const { operation } = prints;
    const shared = this.#shared;
    const now = this.#now;
    nameValues(shared.names, event, seen);
    this.#attributes.remember(now, weight);
    rememberValue(this.dimensions.routes, seen.route, now, shared.population, weight);
    this.#operations.remember(operation, low, high, now, seen, weight);
    this.#objects.remember(low, high, now.hour, seen);
    rememberIds(this.#ids, event, operation.hash, seen, weight > trusted);
    shared.clients.remember(low, high, seen);
    if (event.presentedKey !== null && shared.gatewaysWithKeys.size < gatewaysKept)
      shared.gatewaysWithKeys.add(this.#gateway);
    if (seen.gapHours >= shortestPauseHours) {
      identity.gaps = Math.min(identity.gaps + 1, gapsKept);
      identity.meanLogGapHours += (Math.log(seen.gapHours) - identity.meanLogGapHours) / identity.gaps;
    }
    rememberUse(shared, event, prints.token, this.#context, now.timeS, now.hour);
    rememberContext(identity, event, seen, this.#context, now.timeS);
    if (now.timeS > identity.lastS) identity.lastS = now.timeS;
  }

  /** A new active hour: expectations of novelty, forgetting, the week's profile. */
  openHour(hour: number): void {
    const { identity } = this;
    const { activeHours, peer } = identity;
    for (const { number, novelty, slots } of this.#all) {
      const { strength, discount } = novelty;
      const chance = (strength + discount * slots.newValues) / (activeHours + strength);
      this.#shared.population.expect(number, peer, hour, Math.min(1, chance));
      if (activeHours >= leastHabitHours) this.#shared.newsRate.promise(number, hour, Math.min(1, chance));
    }
    forgetRanges(this.#ids);
  }

  /** The hour is over and taught by `weight`. */
  closeHour(hour: number, weight: number): void {
    const { identity } = this;
    const { weekHours, peer } = identity;
    this.#operations.closeHour(hour);
    const bin = weekBin(hour);
    weekHours.set(bin, Math.min(32_000, weekHours.get(bin) + Math.round(weight * weekUnit)));
    this.#shared.population.count(hourDimension, peer, bin + 1, hour, weight);
    if (weight >= trusted) return;
    const now = { timeS: identity.lastS };
    for (const { slots } of this.#all) quarantine(slots, now);
  }

  #moment(hour: number, timeS: number): Moment {
    const now = this.#now;
    now.hour = hour;
    now.timeS = timeS;
    now.firstS = this.identity.firstS;
    now.activeHours = this.identity.activeHours;
    now.peer = this.identity.peer;
    return now;
  }

  #observeOutcome(event: UsageEvent): void {
    const { seen } = this;
    const status = event.status ?? 0;
    seen.denied = isRefused(event);
    seen.clientError = status >= 400 && status < 500 && !seen.denied;
    seen.success =
      event.outcome === 'success' || (status >= 200 && status < 400 && event.outcome === 'unknown');
  }

  #observeDeployment(event: UsageEvent): void {
    const { seen, deployment } = this;
    seen.revoked = deployment.revoked(event);
    seen.decoy = deployment.decoy(event);
    seen.homeEnvironment = deployment.homeEnvironment(event);
    seen.breach = deployment.breach(event);
  }

  #hourBits(hour: number): number {
    const { identity } = this;
    // Before a whole week was seen, the first weekend would be news of everybody.
    if (identity.activeHours < hoursBeforeHabit || this.#now.timeS - identity.firstS < weekS)
      return notMeasured;
    const bin = weekBin(hour);
    const share = this.#shared.population.share(hourDimension, identity.peer, bin + 1, hour);
    const peer = Math.max(0.2 / weekBins, share);
    return unusualHourBits((b) => identity.weekHours.get(b) / weekUnit, identity.activeHours, bin, peer);
  }
}
