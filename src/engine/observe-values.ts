import { chanceOfNew, firstSightBits, type Novelty } from '../stats/first-sight.ts';
import type { Population } from './population.ts';
import type { Sight } from './seen.ts';
import { leastHabitHours } from './succession.ts';
import { claimSlot, slotOf, type ValueSlots } from './value-slots.ts';

/** A categorical dimension of a credential: how volatile it may be, and where its values are kept. */
export interface Dimension {
  readonly number: number;
  readonly novelty: Novelty;
  readonly slots: ValueSlots;
}

const trustedHours = 0.5;
const stickyHours = 12;
const freshS = 86_400;

export interface Moment {
  readonly hour: number;
  readonly timeS: number;
  /** First event of the credential, seconds. */
  readonly firstS: number;
  readonly activeHours: number;
  readonly peer: number;
}

/** Fills `sight` with what the record and the population know of the value. Changes nothing. */
export function observeValue(
  dimension: Dimension,
  hash: number,
  now: Moment,
  population: Population,
  sight: Sight,
): void {
  sight.hash = hash;
  sight.bits = 0;
  if (hash === 0) {
    sight.firstThisHour = sight.unseen = sight.fresh = false;
    return;
  }
  const { slots } = dimension;
  const slot = slotOf(slots, hash);
  const lastHour = slot < 0 ? 0 : slots.lastHour.get(slot);
  const firstS = slot < 0 ? now.timeS : slots.firstS.get(slot);
  sight.firstThisHour = lastHour !== now.hour;
  sight.unseen = slot < 0 || slots.hours.get(slot) < trustedHours;
  // The first value a dimension ever had is where the credential lives, however late its gateway began to log it.
  const isOnly = slots.newValues === 0 || (slots.newValues === 1 && slot >= 0);
  sight.fresh = !isOnly && now.timeS - firstS < freshS && firstS > oldestS(slots);
  // The first value ever is no news: there was nothing to differ from.
  if (slots.newValues > 0 && sight.firstThisHour && sight.unseen && now.hour - lastHour > stickyHours) {
    sight.bits = noveltyBits(dimension, hash, now, population, slots.newValues) / (slot < 0 ? 1 : 2);
  }
}

function oldestS(slots: ValueSlots): number {
  let oldest = Number.POSITIVE_INFINITY;
  for (let slot = 0; slot < slots.hashes.length; slot += 1) {
    if (slots.hashes.get(slot) !== 0) oldest = Math.min(oldest, slots.firstS.get(slot));
  }
  return oldest;
}

/** Bits for a value's first sight, given how readily this credential and its peers take new ones. */
export function noveltyBits(
  dimension: Pick<Dimension, 'number' | 'novelty'>,
  hash: number,
  now: Moment,
  population: Population,
  distinct: number,
): number {
  const common = population.commonMode(dimension.number, now.peer, now.hour);
  const chance = chanceOfNew(dimension.novelty, distinct, now.activeHours, common);
  const peer = population.share(dimension.number, now.peer, hash, now.hour);
  const everybody = population.share(dimension.number, 0, hash, now.hour);
  return Math.max(0, firstSightBits(chance, peer, everybody));
}

/**
 * Makes the value part of the record and of the population, by the learning gate's weight. What is
 * new beside other values of a credential with habits is news.
 */
export function rememberValue(
  dimension: Dimension,
  sight: Sight,
  now: Moment,
  population: Population,
  weight: number,
): void {
  if (sight.hash === 0 || !sight.firstThisHour) return;
  const { slots } = dimension;
  let slot = slotOf(slots, sight.hash);
  if (slot < 0) {
    if (slots.newValues > 0 && now.activeHours >= leastHabitHours) {
      const share = population.share(dimension.number, 0, sight.hash, now.hour);
      population.news.push({ dimension: dimension.number, hash: sight.hash, share });
    }
    slot = claimSlot(slots, sight.hash, now.timeS, now.hour);
    slots.newValues += 1;
    population.notice(dimension.number, now.peer, now.hour);
  }
  slots.hours.set(slot, slots.hours.get(slot) + weight);
  slots.lastHour.set(slot, now.hour);
  population.count(dimension.number, now.peer, sight.hash, now.hour, weight);
  population.count(dimension.number, 0, sight.hash, now.hour, weight);
}

/**
 * A suspicious hour is over: what was first seen in the last day stays fresh and untrusted, so that
 * an attacker's network does not become the owner's by waiting.
 */
export function quarantine(slots: ValueSlots, now: Pick<Moment, 'timeS'>): void {
  const oldest = oldestS(slots);
  for (let slot = 0; slot < slots.hashes.length; slot += 1) {
    const firstS = slots.firstS.get(slot);
    if (slots.hashes.get(slot) === 0 || firstS <= oldest || now.timeS - firstS >= freshS) continue;
    slots.firstS.set(slot, now.timeS);
    slots.hours.set(slot, 0);
  }
}
