import type { Seen } from './seen.ts';

/** How much one event says by itself, ordinary first: which of a credential's events are shown as examples. */
export const strangeness = { ordinary: 0, oddCall: 1, newContext: 2, brokenRule: 3 } as const;

/**
 * Narrower than what makes an hour be measured again: the owner's own call after a thief's, or the first of
 * an hour, is measured, but it is no example of the theft.
 */
export function strangenessOf(seen: Seen): number {
  if (seen.fromFreshContext) return strangeness.newContext;
  const isOdd =
    seen.denied ||
    seen.objectIsForeign ||
    seen.objectIsFar ||
    seen.route.unseen ||
    seen.scopes.unseen ||
    seen.environment.unseen;
  return isOdd ? strangeness.oddCall : strangeness.ordinary;
}
