import type { UsageEvent } from '../../schemas/usage-event.ts';

/**
 * While a hash key is rotated: the ids that the key before gave to what is known for longer than a moment.
 * Ids that no key made are the same by both, and a log that names former ids itself knows better.
 */
export function nameFormer(event: UsageEvent, former: UsageEvent): void {
  if (former.credentialId !== event.credentialId) event.credentialFormerId ??= former.credentialId;
  if (former.tokenId !== event.tokenId) event.tokenFormerId ??= former.tokenId;
  if (former.objectId !== event.objectId) event.objectFormerId ??= former.objectId;
}
