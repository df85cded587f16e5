import type { UsageEvent } from '../../schemas/usage-event.ts';
import { mix32 } from '../stats/hash.ts';
import type { identityLayout } from './core-layout.ts';
import type { Moment } from './observe-values.ts';
import type { Population } from './population.ts';
import type { StateOf } from './record-layout.ts';
import type { Seen } from './seen.ts';
import { travelledKm } from './travel.ts';

type Identity = StateOf<typeof identityLayout>;

/** What more of all credential-hours show than this is a usual place to move to. */
const usualShare = 0.02;

/**
 * Whether the event comes from where the one before came from, or from where the one before that did, and
 * how far it moved. Returns the hash of its context. Changes nothing.
 */
export function observeContext(
  identity: Identity,
  event: UsageEvent,
  seen: Seen,
  now: Moment,
  population: Population,
  countryDimension: number,
): number {
  const place = seen.place.hash === 0 ? identity.placeNow : seen.place.hash;
  const client = seen.client.hash === 0 ? identity.clientNow : seen.client.hash;
  // What this line does not say is taken as unchanged: a field that comes and goes is nobody's arrival.
  const network = seen.network.hash === 0 ? identity.networkNow : seen.network.hash;
  const known = network !== 0 || client !== 0;
  const context = known ? mix32(network, client) : identity.contextNow;
  seen.returned = known && context !== identity.contextNow && context === identity.contextBefore;
  seen.returnedFar = seen.returned && place !== identity.placeNow && client !== identity.clientNow;
  seen.movedKm = 0;
  seen.movedSeconds = 0;
  if (event.clientCountry === null || identity.country === 0) return context;
  if (countryCode(event.clientCountry) === identity.country) return context;
  seen.movedKm = travelledKm(countryText(identity.country), event.clientCountry);
  seen.movedSeconds = Math.max(0, now.timeS - identity.countryS);
  const share = population.share(countryDimension, identity.peer, seen.country.hash, now.hour);
  seen.moveIsKnown = (!seen.country.unseen && !seen.country.fresh) || share > usualShare;
  return context;
}

/** Makes the observed event's context the present one. */
export function rememberContext(
  identity: Identity,
  event: UsageEvent,
  seen: Seen,
  context: number,
  timeS: number,
): void {
  if (context !== identity.contextNow) {
    identity.contextBefore = identity.contextNow;
    identity.contextNow = context;
    if (seen.network.hash !== 0) identity.networkNow = seen.network.hash;
    if (seen.place.hash !== 0) identity.placeNow = seen.place.hash;
    if (seen.client.hash !== 0) identity.clientNow = seen.client.hash;
  }
  if (event.clientCountry === null) return;
  identity.country = countryCode(event.clientCountry);
  identity.countryS = timeS;
}

function countryCode(country: string): number {
  return country.charCodeAt(0) * 256 + country.charCodeAt(1);
}

function countryText(code: number): string {
  return String.fromCharCode(code >> 8, code & 255);
}
