import { hash32 } from '../stats/hash.ts';
import type { Link } from './campaigns.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { FeatureSpec } from './detector.ts';
import { type Frequency, frequencyClass } from './frequency.ts';
import type { Dimension } from './observe-values.ts';
import type { Sight } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';
import { knownValues, slotOf } from './value-slots.ts';

/** What more of all credential-hours show links nobody. */
const commonShare = 0.01;

/** What is new about the observed event and rare everywhere: what incidents of several credentials may share. */
export function linksOf({ seen, identity, dimensions }: CredentialMemory, shared: SharedMemory): Link[] {
  const { names, population } = shared;
  const links: Link[] = [];
  const add = (what: Link['what'], sight: Sight, dimension: Dimension, isNew: boolean) => {
    if (sight.hash === 0 || !isNew) return;
    if (population.share(dimension.number, 0, sight.hash, identity.hour) > commonShare) return;
    links.push({ what, hash: sight.hash, name: names.has(sight.hash) ? names.of(sight.hash) : '' });
  };
  add('network', seen.network, dimensions.networks, seen.network.fresh);
  add('network', seen.place, dimensions.places, seen.place.fresh);
  add('client', seen.client, dimensions.clients, seen.client.fresh);
  add('operation', seen.route, dimensions.routes, seen.route.unseen);
  const { suspectIssuer } = seen;
  if (suspectIssuer !== '') links.push({ what: 'issuer', hash: hash32(suspectIssuer), name: suspectIssuer });
  return links;
}

/**
 * How common the value of one dimension is that the hour's evidence is about: the observed event's when that
 * is new, else the rarest new one of the hour, for evidence outlasts the event that gave it. Null when the
 * gateway logs none.
 */
export function frequencyOf(
  memory: CredentialMemory,
  shared: SharedMemory,
  about: NonNullable<FeatureSpec['about']>,
): Frequency | null {
  const { seen, identity, dimensions } = memory;
  const [sight, dimension] = {
    network: [seen.place, dimensions.places] as const,
    client: [seen.client, dimensions.clients] as const,
    route: [seen.route, dimensions.routes] as const,
  }[about];
  const share = (hash: number) => shared.population.share(dimension.number, identity.peer, hash, seen.hour);
  const isNews = sight.hash !== 0 && (sight.fresh || sight.unseen);
  const news = isNews ? sight.hash : rarestNewOf(memory, dimension, share);
  const hash = news ?? sight.hash;
  if (hash === 0) return null;
  const slot = news === undefined ? slotOf(dimension.slots, hash) : -1;
  const own = slot < 0 ? 0 : dimension.slots.hours.get(slot) / Math.max(1, identity.activeHours);
  return {
    name: shared.names.has(hash) ? shared.names.of(hash) : '',
    credential: frequencyClass(own),
    peers: frequencyClass(share(hash)),
  };
}

/** Of the values that the credential first showed in the running hour, the one that its peers show least. */
function rarestNewOf(
  memory: CredentialMemory,
  { number, slots }: Dimension,
  share: (hash: number) => number,
): number | undefined {
  const { firstS, hour } = memory.identity;
  const isOperation = number === memory.dimensions.routes.number;
  return knownValues(slots)
    .filter((value) => value.lastHour === hour && value.firstS > firstS && value.firstS >= hour * 3600)
    .filter((value) => !isOperation || memory.isNewOperation(value.hash))
    .map(({ hash }) => hash)
    .sort((a, b) => share(a) - share(b))[0];
}
