import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32, mix32 } from '../stats/hash.ts';
import { clientHash, networkHash, placeHash } from './client-identity.ts';
import type { identityLayout } from './core-layout.ts';
import type { Dimensions } from './dimensions.ts';
import { type Moment, observeValue, rememberValue } from './observe-values.ts';
import type { StateOf } from './record-layout.ts';
import type { Seen, Sight } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';

type Identity = StateOf<typeof identityLayout>;

/** Seeds, so that a text that names two things is two values. Short texts cost less to hash than to look up. */
const countrySeed = 3;
const scopeSeed = 4;
const audienceSeed = 9;
export const gatewaySeed = 12;

/** From where, by what, with which rights a credential is used: all its values but the operation. */
export class AttributeMemory {
  readonly #shared: SharedMemory;
  readonly #identity: Identity;
  readonly #dimensions: Dimensions;
  readonly #seen: Seen;
  #mixed = 0;
  #settled = false;

  constructor(shared: SharedMemory, identity: Identity, dimensions: Dimensions, seen: Seen) {
    this.#shared = shared;
    this.#identity = identity;
    this.#dimensions = dimensions;
    this.#seen = seen;
  }

  /**
   * Fills what `seen` says of them. While they are those of the event before, in the same hour and each
   * well known, nothing can be new about them: the slots need not be read.
   */
  observe(event: UsageEvent, now: Moment): void {
    const seen = this.#seen;
    const network = networkHash(event.clientAddress);
    const place = placeHash(event);
    const client = clientHash(event);
    const country = event.clientCountry === null ? 0 : hash32(event.clientCountry, countrySeed);
    const scopes = grantHash(event.tokenScopes, event.tokenAudience);
    const environment = event.environment === null ? 0 : hash32(event.environment, gatewaySeed);
    const mixed = mix32(mix32(mix32(network, place), mix32(client, country)), mix32(scopes, environment));
    this.#mixed = mixed;
    this.#settled = this.#identity.settled === mixed;
    if (this.#settled) {
      known(seen.network, network);
      known(seen.place, place);
      known(seen.client, client);
      known(seen.country, country);
      known(seen.scopes, scopes);
      known(seen.environment, environment);
      return;
    }
    const { population } = this.#shared;
    const { networks, places, clients, countries, environments } = this.#dimensions;
    observeValue(networks, network, now, population, seen.network);
    observeValue(places, place, now, population, seen.place);
    observeValue(clients, client, now, population, seen.client);
    observeValue(countries, country, now, population, seen.country);
    observeValue(this.#dimensions.scopes, scopes, now, population, seen.scopes);
    observeValue(environments, environment, now, population, seen.environment);
  }

  /** Makes the observed values part of memory, by the learning gate's weight. */
  remember(now: Moment, weight: number): void {
    if (this.#settled) return;
    const seen = this.#seen;
    const { population } = this.#shared;
    const { networks, places, clients, countries, scopes, environments } = this.#dimensions;
    rememberValue(networks, seen.network, now, population, weight);
    rememberValue(places, seen.place, now, population, weight);
    rememberValue(clients, seen.client, now, population, weight);
    rememberValue(countries, seen.country, now, population, weight);
    rememberValue(scopes, seen.scopes, now, population, weight);
    rememberValue(environments, seen.environment, now, population, weight);
    this.#identity.settled =
      isKnown(seen.network) &&
      isKnown(seen.place) &&
      isKnown(seen.client) &&
      isKnown(seen.country) &&
      isKnown(seen.scopes) &&
      isKnown(seen.environment)
        ? this.#mixed
        : 0;
  }
}

/** A value that was seen before in this hour and is neither new nor untrusted. */
function known(sight: Sight, hash: number): void {
  sight.hash = hash;
  sight.bits = 0;
  sight.firstThisHour = sight.unseen = sight.fresh = false;
}

function isKnown(sight: Sight): boolean {
  return !(sight.firstThisHour || sight.unseen || sight.fresh);
}

/** What a token may do and whom it is for: one value, new when either is. */
function grantHash(scopes: readonly string[], audiences: readonly string[]): number {
  let hash = 0;
  for (let i = 0; i < scopes.length; i += 1) hash = mix32(hash, hash32(scopes[i] as string, scopeSeed));
  for (let i = 0; i < audiences.length; i += 1)
    hash = mix32(hash, hash32(audiences[i] as string, audienceSeed));
  return hash;
}
