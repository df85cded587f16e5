import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32 } from '../stats/hash.ts';
import { clientParts } from './client-identity.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { Dimensions } from './dimensions.ts';
import type { ChangedThing, News } from './news-trails.ts';
import type { SharedMemory } from './shared-memory.ts';

const longestName = 120;
const hostSeed = 15;

/** What the remembered event showed for the first time, against how often that is promised: by value, and by peer group. */
export function newsOf(memory: CredentialMemory, shared: SharedMemory, event: UsageEvent): News[] {
  const { identity, seen, dimensions } = memory;
  const { peer, hour } = identity;
  const { population, newsRate } = shared;
  const isAway = seen.place.unseen || seen.place.fresh;
  return population.news.flatMap(({ dimension, hash, share }): News[] => {
    // Its few slots forget an operation; the table of operations remembers.
    if (dimension === dimensions.routes.number && !seen.route.unseen) return [];
    const what = thingOf(dimensions, dimension);
    const name = nameOf(what, hash, shared, event).slice(0, longestName);
    const promised = newsRate.promised(dimension, hour);
    const kin = kinOf(what, event);
    const value: News = { what, dimension, hash, isValue: true, name, share, promised, isAway, kin };
    // Addresses come and go inside a network: the group is followed by the network.
    if (dimension === dimensions.networks.number) return [value];
    const ofGroup = population.expected(dimension, peer, hour);
    return [value, { ...value, hash: peer, isValue: false, name: '', share: 1, promised: ofGroup, kin: [] }];
  });
}

/** A release changes one service; an upgrade one program, or one TLS library under many of them. */
function kinOf(what: ChangedThing, event: UsageEvent): number[] {
  switch (what) {
    case 'client':
      return clientParts(event).filter((part) => part !== 0);
    case 'operation':
      return [hash32(event.host ?? event.gatewayName ?? '', hostSeed)];
    default:
      return [];
  }
}

function nameOf(what: ChangedThing, hash: number, { names }: SharedMemory, event: UsageEvent): string {
  if (what === 'scope') return [...event.tokenScopes, ...event.tokenAudience].join(' ');
  if (what === 'environment') return event.environment ?? '';
  return names.has(hash) ? names.of(hash) : '';
}

function thingOf(dimensions: Dimensions, number: number): ChangedThing {
  switch (number) {
    case dimensions.clients.number:
      return 'client';
    case dimensions.countries.number:
      return 'country';
    case dimensions.routes.number:
      return 'operation';
    case dimensions.scopes.number:
      return 'scope';
    case dimensions.environments.number:
      return 'environment';
    default:
      return 'network';
  }
}
