import { commonModeHalfLifeHours } from './population.ts';

/** What goes on now: a roll-out comes over days. */
const ongoingHalfLifeHours = 72;
const lastingHalfLifeHours = 720;

/** First sights, promised or seen: of late, in what goes on now, and for long; each fading by its own half-life. */
export interface Sights {
  recent: number;
  ongoing: number;
  lasting: number;
  hour: number;
}

export function noSights(): Sights {
  return { recent: 0, ongoing: 0, lasting: 0, hour: 0 };
}

export function addSights(sights: Sights, amount: number, hour: number): void {
  const hours = hour - sights.hour;
  sights.recent = faded(sights.recent, hours, commonModeHalfLifeHours) + amount;
  sights.ongoing = faded(sights.ongoing, hours, ongoingHalfLifeHours) + amount;
  sights.lasting = faded(sights.lasting, hours, lastingHalfLifeHours) + amount;
  sights.hour = Math.max(sights.hour, hour);
}

export function recentSights({ recent, hour }: Sights, now: number): number {
  return ofLate(recent, now - hour);
}

export function lastingSights({ lasting, hour }: Sights, now: number): number {
  return longAgo(lasting, now - hour);
}

/** What there was before that which goes on now: next to nothing of today's, most of last week's. */
export function earlierSights(sights: Sights, now: number): number {
  const ongoing = faded(sights.ongoing, now - sights.hour, ongoingHalfLifeHours);
  return Math.max(0, lastingSights(sights, now) - ongoing);
}

/** What is left of sights that are kept for long. */
export function longAgo(amount: number, hours: number): number {
  return faded(amount, hours, lastingHalfLifeHours);
}

/** What is left of sights of late. */
export function ofLate(amount: number, hours: number): number {
  return faded(amount, hours, commonModeHalfLifeHours);
}

function faded(amount: number, hours: number, halfLifeHours: number): number {
  return hours <= 0 ? amount : amount * 2 ** (-hours / halfLifeHours);
}
