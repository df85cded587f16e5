import type { UsageEvent } from '../../schemas/usage-event.ts';
import { clientName, networkPrefix } from './client-identity.ts';
import type { Names } from './names.ts';
import { operationOf } from './operation-facts.ts';
import type { Seen, Sight } from './seen.ts';

/** Keeps for explanations what the event's values are called, where the hour has not shown them before. */
export function nameValues(names: Names, event: UsageEvent, seen: Seen): void {
  const { network, place, client, country, route } = seen;
  if (isNameless(names, network)) names.remember(network.hash, networkPrefix(event.clientAddress));
  if (event.clientAsn !== null && isNameless(names, place))
    names.remember(place.hash, `AS${event.clientAsn} ${event.clientAsName ?? ''}`.trim());
  if (isNameless(names, client)) names.remember(client.hash, clientName(event));
  if (isNameless(names, country)) names.remember(country.hash, event.clientCountry ?? '');
  if (isNameless(names, route)) names.remember(route.hash, operationOf(event));
}

function isNameless(names: Names, sight: Sight): boolean {
  return sight.firstThisHour && !names.has(sight.hash);
}
