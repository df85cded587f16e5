import type { identityLayout } from './core-layout.ts';
import { mixWeight, othersWorkSince } from './mix-gate.ts';
import { type Dimension, type Moment, noveltyBits } from './observe-values.ts';
import type { OperationFacts } from './operation-facts.ts';
import type { StateOf } from './record-layout.ts';
import type { Seen } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';

type Identity = StateOf<typeof identityLayout>;

/** Weight of the others' habits in what is expected of a credential: a few actions' worth. */
const backOff = 3;
const mostOperationBits = 12;
/** What the running hour added to an operation's count, in its mark: whole parts of this. */
const pendingUnit = 1024;

/** Uses in hours before this one that make an operation known; less is what rounding leaves. */
const leastKnown = 0.01;

/** Which operations a credential performs, how often, and how unlike everybody else's mix they are. */
export class OperationMemory {
  readonly #shared: SharedMemory;
  readonly #identity: Identity;
  readonly #routes: Dimension;
  #entry = -1;
  #low = 0;
  #high = 0;

  constructor(shared: SharedMemory, identity: Identity, routes: Dimension) {
    this.#shared = shared;
    this.#identity = identity;
    this.#routes = routes;
  }

  /** Fills what `seen` says of the event's operation. Changes no memory. */
  observe(
    { hash, sensitivity, tool }: OperationFacts,
    low: number,
    high: number,
    now: Moment,
    seen: Seen,
  ): void {
    const identity = this.#identity;
    const { operations: table, operationCounts, population } = this.#shared;
    this.#low = low;
    this.#high = high;
    const sight = seen.route;
    sight.hash = hash;
    seen.tool = tool;
    sight.bits = 0;
    seen.operationBits = 0;
    seen.sensitivity = seen.sensitiveNews = 0;
    seen.mixBits = identity.mixBits;
    seen.mixed = identity.eventsThisHour;
    if (hash === 0) {
      sight.firstThisHour = sight.unseen = sight.fresh = false;
      return;
    }
    const entry = table.find((low ^ hash) >>> 0, high);
    this.#entry = entry;
    const count = entry < 0 ? 0 : table.amount(entry);
    sight.firstThisHour = entry < 0 || table.lastHour(entry) !== now.hour;
    sight.unseen = sight.fresh = entry < 0;
    seen.sensitivity = sensitivity;
    if (entry < 0) {
      sight.bits = noveltyBits(this.#routes, hash, now, population, identity.distinctOperations);
      if (sensitivity !== 0)
        seen.sensitiveNews = 1 - population.share(this.#routes.number, now.peer, hash, now.hour);
    }
    const others = operationCounts.shareOfOthers(hash, count, identity.operations);
    // An hour is held against what was done before it, or the second step of a thief would be his habit.
    const before = sight.firstThisHour ? count : Math.max(0, count - table.mark(entry) / pendingUnit);
    const allBefore = Math.max(before, identity.operations - identity.operationsNow);
    const own = (before + backOff * others) / (allBefore + backOff);
    const bits = Math.log2(others / own);
    seen.operationBits = Math.max(-mostOperationBits, Math.min(mostOperationBits, bits));
  }

  /** Makes the observed operation part of memory. `gate`: how much the event may teach, 0…1. */
  remember({ hash }: OperationFacts, low: number, high: number, now: Moment, seen: Seen, gate: number): void {
    if (hash === 0) return;
    const identity = this.#identity;
    const { operations: table, operationCounts } = this.#shared;
    identity.mixBits += seen.operationBits;
    const weight = Math.min(gate, mixWeight(identity, identity.eventsThisHour + 1, now.hour));
    let entry = this.#entry;
    if (entry < 0) {
      entry = table.add((low ^ hash) >>> 0, high, now.hour);
      identity.distinctOperations += 1;
    } else {
      table.use(entry, now.hour);
    }
    const pending = seen.route.firstThisHour ? 0 : table.mark(entry);
    table.setMark(entry, pending + Math.round(weight * pendingUnit));
    table.setAmount(entry, table.amount(entry) + weight);
    identity.operations += weight;
    identity.operationsNow += weight;
    operationCounts.add(hash, now.hour, weight);
  }

  /** Whether the observed credential performed an operation of this hour in no hour before. */
  isNew(hash: number): boolean {
    const { operations: table } = this.#shared;
    const entry = table.find((this.#low ^ hash) >>> 0, this.#high);
    return entry < 0 || table.amount(entry) - table.mark(entry) / pendingUnit < leastKnown;
  }

  /** Notes, as the hour closes, since when the credential does others' work. */
  closeHour(hour: number): void {
    const identity = this.#identity;
    identity.othersWorkSince = othersWorkSince(identity, identity.eventsThisHour, hour);
  }
}
