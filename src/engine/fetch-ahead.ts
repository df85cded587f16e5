import type { EntityStore } from './entity-store.ts';
import type { EventPrints } from './event-prints.ts';
import type { SharedMemory } from './shared-memory.ts';

/**
 * Asks memory at once for all that judging the event will look up: with many credentials each of these is
 * far away, and waiting for them together costs as much as waiting for one. What is read means nothing,
 * but is kept, or the compiler would leave the reading out.
 */
export function fetchAhead(prints: EventPrints, store: EntityStore, shared: SharedMemory): void {
  const { credential, object, token, operation } = prints;
  shared.fetched =
    store.fetch(credential.low) ^
    shared.operations.fetch((credential.low ^ operation.hash) >>> 0, credential.high) ^
    shared.objects.fetch((object.low ^ credential.low) >>> 0, (object.high ^ credential.high) >>> 0) ^
    shared.owners.fetch(object.low, object.high) ^
    shared.tokens.fetch(token.low, token.high);
}
