import type { UsageEvent } from '../../schemas/usage-event.ts';

/** The gateway let nobody through: what the call claims may be anybody's guess. */
export function isRefused({ status }: UsageEvent): boolean {
  return status === 401 || status === 403;
}

/**
 * Who proves no credential and is refused has got nothing, and no credential is to be doubted for it: every
 * scanner at the edge would be an alert.
 */
export function isTurnedAway(event: UsageEvent): boolean {
  return event.credentialType === 'anonymous' && isRefused(event);
}
