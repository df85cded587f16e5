import { weekBins } from '../stats/hour-of-week.ts';
import { hourly, kept, list } from './record-layout.ts';

/** Values of one dimension a credential is known by: the engine's own share of the record. */
const values = (slots: number) => ({
  hashes: list(slots, 'u32'),
  /** Credential-hours in which the value was seen, weighted by the learning gate. */
  hours: list(slots),
  firstS: list(slots, 'u32'),
  lastHour: list(slots, 'u32'),
});

/** Identity, time and totals of a credential. */
export const identityLayout = {
  firstS: kept('u32'),
  lastS: kept('u32'),
  /** Running active hour, hours since the epoch. */
  hour: kept('u32'),
  /** Hours learnt, weighted by the gate. */
  activeHours: kept(),
  type: kept('u32'),
  peer: kept('u32'),
  eventsThisHour: hourly('u32'),
  meanLogGapHours: kept(),
  gaps: kept(),
  /** Highest score of the running hour and the input it was computed from. */
  bestBits: hourly(),
  lastBits: hourly(),
  lastInput: hourly(),
  /** What all values of the last event mix to while each of them is well known; 0 when one is not. */
  settled: hourly('u32'),
  operations: kept(),
  /** Those of them that the running hour added: habits are what was done before it. */
  operationsNow: hourly(),
  /** Sum of operation evidence of the running hour. */
  mixBits: hourly(),
  /** First of the latest hours that were others' work, hours since the epoch; 0 when the last was its own. */
  othersWorkSince: kept('u32'),
  distinctOperations: kept(),
  contextNow: kept('u32'),
  contextBefore: kept('u32'),
  networkNow: kept('u32'),
  placeNow: kept('u32'),
  clientNow: kept('u32'),
  country: kept('u32'),
  countryS: kept('u32'),
  /**
   * Hour of the latest evidence, hours since the epoch; 0 when no incident can be open: spares the look-up for
   * everybody else. Credentials that share the record, as a rotated key and its successor do, share this.
   */
  incident: kept('u32'),
  /** Number of this credential's newest event among the recent ones. */
  recent: kept('u32'),
  /** Hours of use by bin of the week, in 64ths of an hour. */
  weekHours: list(weekBins, 'i16'),
};

export const networkLayout = { ...values(6), newValues: kept() };
export const placeLayout = { ...values(4), newValues: kept() };
export const clientLayout = { ...values(6), newValues: kept() };
export const countryLayout = { ...values(3), newValues: kept() };
export const routeLayout = { ...values(6), newValues: kept() };
export const scopeLayout = { ...values(2), newValues: kept() };
export const environmentLayout = { ...values(2), newValues: kept() };

/** Numeric ids of a credential's three latest routes, and its two latest listings. */
export const idLayout = {
  routes: list(3, 'u32'),
  low: list(3, 'f64'),
  high: list(3, 'f64'),
  last: list(3, 'f64'),
  stride: list(3),
  nextRoute: kept('u32'),
  listings: list(2, 'u32'),
  depth: list(2),
  page: list(2, 'u32'),
  nextListing: kept('u32'),
};
