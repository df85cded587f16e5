import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { idLayout } from './core-layout.ts';
import type { StateOf } from './record-layout.ts';
import type { Seen } from './seen.ts';

type IdState = StateOf<typeof idLayout>;

const widestStride = 65_536;
const slack = 300;

/** Place of a numeric id against the credential's own range and step on this route. Changes nothing. */
export function observeIds(state: IdState, event: UsageEvent, routeHash: number, seen: Seen): void {
  seen.objectIsFar = false;
  seen.objectIsNextInStride = false;
  seen.pageDepth = pageDepth(state, event, routeHash);
  if (event.objectNumber === null) return;
  const slot = slotOfRoute(state, routeHash);
  if (slot < 0) return;
  const low = state.low.get(slot);
  const high = state.high.get(slot);
  const margin = (high - low) / 4 + slack;
  seen.objectIsFar = event.objectNumber < low - margin || event.objectNumber > high + margin;
  const step = event.objectNumber - state.last.get(slot);
  seen.objectIsNextInStride =
    step !== 0 && Math.abs(step) <= widestStride && Math.fround(step) === state.stride.get(slot);
}

/** `trusted`: the gate lets this event widen the credential's own range. */
export function rememberIds(
  state: IdState,
  event: UsageEvent,
  routeHash: number,
  seen: Seen,
  trusted: boolean,
): void {
  rememberPage(state, event, routeHash, seen.pageDepth);
  const id = event.objectNumber;
  if (id === null) return;
  let slot = slotOfRoute(state, routeHash);
  if (slot < 0) {
    slot = state.nextRoute % state.routes.length;
    state.nextRoute += 1;
    state.routes.set(slot, routeHash);
    state.low.set(slot, id);
    state.high.set(slot, id);
    state.stride.set(slot, 0);
  } else {
    state.stride.set(slot, id - state.last.get(slot));
    if (trusted) {
      state.low.set(slot, Math.min(state.low.get(slot), id));
      state.high.set(slot, Math.max(state.high.get(slot), id));
    }
  }
  state.last.set(slot, id);
}

/** Once an active hour: an own range nobody visits any more closes by a thousandth. */
export function forgetRanges(state: IdState): void {
  for (let slot = 0; slot < state.routes.length; slot += 1) {
    const shrink = (state.high.get(slot) - state.low.get(slot)) / 1000;
    state.low.set(slot, state.low.get(slot) + shrink / 2);
    state.high.set(slot, state.high.get(slot) - shrink / 2);
  }
}

function slotOfRoute(state: IdState, routeHash: number): number {
  return state.routes.indexOf(routeHash);
}

/** Identity of the page asked for; 0 when the event is not one of a listing. */
function pageMark(event: UsageEvent): number {
  if (event.pageCursor !== null) {
    let mark = 17;
    for (let i = 0; i < event.pageCursor.length; i += 1)
      mark = (Math.imul(mark, 31) + event.pageCursor.charCodeAt(i)) >>> 0;
    return mark || 1;
  }
  return event.pageNumber === null ? 0 : (Math.trunc(event.pageNumber) + 2) >>> 0;
}

function isListing(state: IdState, routeHash: number): boolean {
  return routeHash !== 0 && state.listings.indexOf(routeHash) >= 0;
}

function pageDepth(state: IdState, event: UsageEvent, routeHash: number): number {
  const mark = pageMark(event);
  // A listing asked for without page or cursor begins again.
  if (mark === 0) return isListing(state, routeHash) ? 1 : 0;
  if (event.pageNumber !== null && event.pageNumber <= 1) return 1;
  for (let slot = 0; slot < state.listings.length; slot += 1) {
    if (state.listings.get(slot) !== routeHash) continue;
    return state.depth.get(slot) + (state.page.get(slot) === mark ? 0 : 1);
  }
  return 1;
}

function rememberPage(state: IdState, event: UsageEvent, routeHash: number, depth: number): void {
  if (depth === 0) return;
  let slot = 0;
  while (slot < state.listings.length && state.listings.get(slot) !== routeHash) slot += 1;
  if (slot === state.listings.length) {
    slot = state.nextListing % state.listings.length;
    state.nextListing += 1;
    state.listings.set(slot, routeHash);
  }
  state.depth.set(slot, depth);
  state.page.set(slot, pageMark(event));
}
