import { mix32 } from '../stats/hash.ts';
import type { PairTable } from './pair-table.ts';

const halfLifeHours = 720;
export const commonModeHalfLifeHours = 18;

/** A value that a credential with habits showed for the first time. */
export interface NewValue {
  readonly dimension: number;
  readonly hash: number;
  /** Of all credential-hours, before this one. */
  readonly share: number;
}

/** What the population shows: shares of values by peer group and overall, and how many values are new lately. */
export class Population {
  /** What the event remembered last showed for the first time, until it is taken. */
  readonly news: NewValue[] = [];
  readonly #table: PairTable;

  constructor(table: PairTable) {
    this.#table = table;
  }

  /** Share of the group's credential-hours that showed the value; 0 when never. `group` 0 is everybody. */
  share(dimension: number, group: number, value: number, hour: number): number {
    const total = this.#read(dimension, mix32(group, 1), hour, halfLifeHours);
    if (total < 1) return 0;
    return this.#read(mix32(dimension, value), mix32(group, 2), hour, halfLifeHours) / total;
  }

  /** One more credential-hour with this value. */
  count(dimension: number, group: number, value: number, hour: number, weight: number): void {
    this.#add(dimension, mix32(group, 1), hour, weight, halfLifeHours);
    this.#add(mix32(dimension, value), mix32(group, 2), hour, weight, halfLifeHours);
  }

  /**
   * How many times more new values than expected the group showed in the last day: a roll-out makes
   * news common. Computed from others' events only if called before `notice`.
   */
  commonMode(dimension: number, group: number, hour: number): number {
    const noticed = this.#read(dimension, mix32(group, 3), hour, commonModeHalfLifeHours);
    const expected = this.#read(dimension, mix32(group, 4), hour, commonModeHalfLifeHours);
    return (noticed + 1) / (expected + 1);
  }

  notice(dimension: number, group: number, hour: number): void {
    this.#add(dimension, mix32(group, 3), hour, 1, commonModeHalfLifeHours);
  }

  expect(dimension: number, group: number, hour: number, chance: number): void {
    this.#add(dimension, mix32(group, 4), hour, chance, commonModeHalfLifeHours);
  }

  /** First sights that the group's credentials are expected to show, faded by the half-life of the common mode. */
  expected(dimension: number, group: number, hour: number): number {
    return this.#read(dimension, mix32(group, 4), hour, commonModeHalfLifeHours);
  }

  #read(low: number, high: number, hour: number, halfLife: number): number {
    const entry = this.#table.find(low, high);
    if (entry < 0) return 0;
    return this.#table.amount(entry) * fade(hour - this.#table.lastHour(entry), halfLife);
  }

  #add(low: number, high: number, hour: number, amount: number, halfLife: number): void {
    let entry = this.#table.find(low, high);
    let before = 0;
    if (entry < 0) entry = this.#table.add(low, high, hour);
    else {
      before = this.#table.amount(entry) * fade(hour - this.#table.lastHour(entry), halfLife);
      this.#table.use(entry, hour);
    }
    this.#table.setAmount(entry, before + amount);
  }
}

const fadeTables = new Map<number, Float64Array>();

/** 2^(−hours/halfLife), from a table for the first two thousand hours. */
function fade(hours: number, halfLife: number): number {
  if (hours <= 0) return 1;
  let table = fadeTables.get(halfLife);
  if (table === undefined) {
    table = Float64Array.from({ length: 2048 }, (_, h) => 2 ** (-h / halfLife));
    fadeTables.set(halfLife, table);
  }
  return table[hours] ?? 2 ** (-hours / halfLife);
}
