import type { UsageEvent } from '../../schemas/usage-event.ts';
import { dormancyBits } from '../stats/dormancy.ts';
import { hash32, mix32 } from '../stats/hash.ts';
import { unusualHourBits, weekBin, weekBins } from '../stats/hour-of-week.ts';
import type { Link } from './campaigns.ts';
import { clientHash, clientName, networkHash, networkPrefix, placeHash } from './client-identity.ts';
import * as layouts from './core-layout.ts';
import { type Deployment, nothingDeclared } from './deployment.ts';
import type { FeatureSpec } from './detector.ts';
import type { EventPrints } from './event-prints.ts';
import { type Frequency, frequencyClass } from './frequency.ts';
import { mixWeight } from './mix-gate.ts';
import { forgetRanges, observeIds, rememberIds } from './observe-ids.ts';
import { ObjectMemory } from './observe-objects.ts';
import { observeUse, rememberUse } from './observe-use.ts';
import {
  type Dimension,
  type Moment,
  noveltyBits,
  observeValue,
  quarantine,
  rememberValue,
} from './observe-values.ts';
import type { RecordLayout } from './record-layout.ts';
import { type RouteFacts, routeFacts } from './route-facts.ts';
import { nothingSeen, type Seen, type Sight } from './seen.ts';
import type { SharedMemory } from './shared-memory.ts';
import { leastHabitHours } from './succession.ts';
import { travelledKm } from './travel.ts';
import { slotOf } from './value-slots.ts';

const trusted = 0.5;
/** What more of all credential-hours show links nobody. */
const commonShare = 0.01;
const hoursBeforeHabit = 20;
const weekS = 7 * 86_400;
const weekUnit = 64;
/** Seeds, so that a text that names two things is two values. Short texts cost less to hash than to look up. */
const countrySeed = 3;
const scopeSeed = 4;
const toolSeed = 5;
const audienceSeed = 9;
const gatewaySeed = 12;
/** Weight of the others' habits in what is expected of a credential: a few actions' worth. */
const backOff = 3;
const mostOperationBits = 12;
/** What the running hour added to an operation's count, in its mark: whole parts of this. */
const pendingUnit = 1024;
const gatewaysKept = 1024;
const gapsKept = 200;
/** Pauses, not the beat inside a session. */
const shortestPauseHours = 1;

/** What the engine itself keeps of every credential, and how it reads an event against it. */
export class CredentialMemory {
  readonly seen: Seen = nothingSeen();
  readonly identity;
  readonly networks: Dimension;
  readonly places: Dimension;
  readonly clients: Dimension;
  readonly countries: Dimension;
  readonly routes: Dimension;
  readonly scopes: Dimension;
  readonly tools: Dimension;
  readonly environments: Dimension;
  readonly #ids;
  readonly #objects: ObjectMemory;
  readonly #shared: SharedMemory;
  readonly #now = { hour: 0, timeS: 0, firstS: 0, activeHours: 0, peer: 0 };
  #route: RouteFacts = routeFacts(null);
  #operationEntry = -1;
  #contextHash = 0;
  #gatewayHash = 0;
  #valuesHash = 0;
  #settled = false;
  /** Replaced as a whole when the configuration is read again. */
  deployment: Deployment = nothingDeclared;

  constructor(layout: RecordLayout, shared: SharedMemory) {
    this.#shared = shared;
    this.#objects = new ObjectMemory(shared.objects, shared.owners);
    this.identity = layout.add('identity', layouts.identityLayout);
    const dimension = (
      number: number,
      strength: number,
      discount: number,
      slots: Dimension['slots'],
    ): Dimension => ({
      number,
      novelty: { strength, discount },
      slots,
    });
    this.networks = dimension(1, 1, 0.5, layout.add('networks', layouts.networkLayout));
    this.places = dimension(2, 0.5, 0.25, layout.add('places', layouts.placeLayout));
    this.clients = dimension(3, 0.5, 0.25, layout.add('clients', layouts.clientLayout));
    this.countries = dimension(4, 0.5, 0.25, layout.add('countries', layouts.countryLayout));
    this.routes = dimension(5, 0.5, 0.5, layout.add('routes', layouts.routeLayout));
    this.scopes = dimension(6, 0.5, 0.25, layout.add('scopes', layouts.scopeLayout));
    this.tools = dimension(7, 0.5, 0.5, layout.add('tools', layouts.toolLayout));
    this.environments = dimension(10, 0.2, 0.25, layout.add('environments', layouts.environmentLayout));
    this.#ids = layout.add('ids', layouts.idLayout);
  }

  dimensions(): readonly Dimension[] {
    return [
      this.networks,
      this.places,
      this.clients,
      this.countries,
      this.routes,
      this.scopes,
      this.tools,
      this.environments,
    ];
  }

  /** Fills `seen` for this event of the record under the cursor. Changes no memory. */
  observe(
    event: UsageEvent,
    prints: EventPrints,
    low: number,
    high: number,
    hour: number,
    timeS: number,
  ): Seen {
    const { seen, identity } = this;
    const now = this.#now as { -readonly [K in keyof Moment]: Moment[K] };
    now.hour = hour;
    now.timeS = timeS;
    now.firstS = identity.firstS;
    now.activeHours = identity.activeHours;
    now.peer = identity.peer;
    seen.hour = hour;
    seen.timeS = timeS;
    seen.activeHours = identity.activeHours;
    seen.ageHours = Math.max(0, timeS - identity.firstS) / 3600;
    seen.opensHour = identity.eventsThisHour === 0;
    seen.gapHours = identity.lastS === 0 ? 0 : Math.max(0, timeS - identity.lastS) / 3600;

    this.#observeValues(event, now);
    seen.fromFreshContext = seen.place.fresh || seen.client.fresh;

    this.#observeContext(event);
    this.#route = prints.route;
    this.#observeRoute(low, high, now);
    this.#objects.observe(event, prints, low, high, hour, seen);
    observeIds(this.#ids, event, this.#route.hash, seen);
    observeUse(this.#shared, event, prints.token, this.#contextHash, timeS, seen);
    seen.hourBits = seen.opensHour ? this.#hourBits(hour) : 0;
    const status = event.status ?? 0;
    seen.denied = status === 401 || status === 403;
    seen.clientError = status >= 400 && status < 500 && !seen.denied;
    seen.success =
      event.outcome === 'success' || (status >= 200 && status < 400 && event.outcome === 'unknown');
    seen.gapBits = dormancyBits(seen.gapHours, identity.meanLogGapHours);
    this.#shared.clients.observe(low, high, seen);
    this.#gatewayHash = hash32(event.gatewayName ?? event.gatewayType, gatewaySeed);
    seen.gatewayLogsKeys = this.#shared.gatewaysWithKeys.has(this.#gatewayHash);
    this.#observeDeployment(event);
    return seen;
  }

  /** The event comes from where the record's credential was used last, by the same client, and habits are known. */
  isAtHome(event: UsageEvent): boolean {
    const { identity } = this;
    return (
      identity.activeHours >= leastHabitHours &&
      identity.networkNow !== 0 &&
      identity.networkNow === networkHash(event.clientAddress) &&
      identity.clientNow !== 0 &&
      identity.clientNow === clientHash(event)
    );
  }

  /** Makes the observed event part of memory. `weight`: the learning gate, 0…1. */
  remember(event: UsageEvent, prints: EventPrints, low: number, high: number, weight: number): void {
    const { seen, identity } = this;
    const now = this.#now;
    const population = this.#shared.population;
    this.#nameValues(event);
    this.#rememberValues(now, weight);
    rememberValue(this.routes, seen.route, now, population, weight);
    this.#rememberOperation(low, high, now.hour, weight);
    this.#objects.remember(low, high, now.hour, seen);
    rememberIds(this.#ids, event, this.#route.hash, seen, weight > trusted);
    this.#shared.clients.remember(low, high, seen);
    if (event.presentedKey !== null && this.#shared.gatewaysWithKeys.size < gatewaysKept) {
      this.#shared.gatewaysWithKeys.add(this.#gatewayHash);
    }
    if (seen.gapHours >= shortestPauseHours) {
      identity.gaps = Math.min(identity.gaps + 1, gapsKept);
      identity.meanLogGapHours += (Math.log(seen.gapHours) - identity.meanLogGapHours) / identity.gaps;
    }
    rememberUse(this.#shared, event, prints.token, this.#contextHash, now.timeS, now.hour);
    if (this.#contextHash !== identity.contextNow) {
      identity.contextBefore = identity.contextNow;
      identity.contextNow = this.#contextHash;
      if (seen.network.hash !== 0) identity.networkNow = seen.network.hash;
      if (seen.place.hash !== 0) identity.placeNow = seen.place.hash;
      if (seen.client.hash !== 0) identity.clientNow = seen.client.hash;
    }
    if (event.clientCountry !== null) {
      identity.country = countryCode(event.clientCountry);
      identity.countryS = now.timeS;
    }
    if (now.timeS > identity.lastS) identity.lastS = now.timeS;
  }

  /** What is new about the observed event and rare everywhere: what incidents of several credentials may share. */
  links(): Link[] {
    const { seen, identity } = this;
    const { names, population } = this.#shared;
    const links: Link[] = [];
    const add = (what: Link['what'], sight: Sight, dimension: Dimension, isNew: boolean) => {
      if (sight.hash === 0 || !isNew) return;
      if (population.share(dimension.number, 0, sight.hash, identity.hour) > commonShare) return;
      links.push({ what, hash: sight.hash, name: names.has(sight.hash) ? names.of(sight.hash) : '' });
    };
    add('network', seen.network, this.networks, seen.network.fresh);
    add('network', seen.place, this.places, seen.place.fresh);
    add('client', seen.client, this.clients, seen.client.fresh);
    add('operation', seen.route, this.routes, seen.route.unseen);
    return links;
  }

  /** How common the event's value of one dimension is; null when the gateway did not log it. */
  frequency(about: NonNullable<FeatureSpec['about']>): Frequency | null {
    const { seen, identity } = this;
    const [sight, dimension] = {
      network: [seen.place, this.places] as const,
      client: [seen.client, this.clients] as const,
      route: [seen.route, this.routes] as const,
      tool: [seen.tool, this.tools] as const,
    }[about];
    if (sight.hash === 0) return null;
    const slot = sight.fresh ? -1 : slotOf(dimension.slots, sight.hash);
    const own = slot < 0 ? 0 : dimension.slots.hours.get(slot) / Math.max(1, identity.activeHours);
    const peers = this.#shared.population.share(dimension.number, identity.peer, sight.hash, seen.hour);
    return {
      name: this.#shared.names.has(sight.hash) ? this.#shared.names.of(sight.hash) : '',
      credential: frequencyClass(own),
      peers: frequencyClass(peers),
    };
  }

  /** A new active hour: expectations of novelty, forgetting, the week's profile. */
  openHour(hour: number): void {
    const { identity } = this;
    const population = this.#shared.population;
    for (const dimension of this.dimensions()) {
      const { strength, discount } = dimension.novelty;
      const chance = (strength + discount * dimension.slots.newValues) / (identity.activeHours + strength);
      population.expect(dimension.number, identity.peer, hour, Math.min(1, chance));
    }
    forgetRanges(this.#ids);
  }

  /** The hour is over and taught by `weight`. */
  closeHour(hour: number, weight: number): void {
    const { identity } = this;
    const bin = weekBin(hour);
    identity.weekHours.set(
      bin,
      Math.min(32_000, identity.weekHours.get(bin) + Math.round(weight * weekUnit)),
    );
    this.#shared.population.count(8, identity.peer, bin + 1, hour, weight);
    if (weight < trusted) {
      const now = { timeS: identity.lastS };
      for (const dimension of this.dimensions()) quarantine(dimension.slots, now);
    }
  }

  /**
   * All categorical values but the route. While they are those of the event before, in the same hour and
   * each well known, nothing can be new about them: the slots need not be read.
   */
  #observeValues(event: UsageEvent, now: Moment): void {
    const { seen, identity } = this;
    const population = this.#shared.population;
    const network = networkHash(event.clientAddress);
    const place = placeHash(event);
    const client = clientHash(event);
    const country = event.clientCountry === null ? 0 : hash32(event.clientCountry, countrySeed);
    const scopes = grantHash(event.tokenScopes, event.tokenAudience);
    const environment = event.environment === null ? 0 : hash32(event.environment, gatewaySeed);
    const toolName = event.genAiToolName ?? event.mcpMethod;
    const tool = toolName === null ? 0 : hash32(toolName, toolSeed);
    const mixed = mix32(
      mix32(mix32(network, place), mix32(client, country)),
      mix32(mix32(scopes, environment), tool),
    );
    this.#valuesHash = mixed;
    this.#settled = identity.settled === mixed;
    if (this.#settled) {
      known(seen.network, network);
      known(seen.place, place);
      known(seen.client, client);
      known(seen.country, country);
      known(seen.scopes, scopes);
      known(seen.environment, environment);
      known(seen.tool, tool);
      return;
    }
    observeValue(this.networks, network, now, population, seen.network);
    observeValue(this.places, place, now, population, seen.place);
    observeValue(this.clients, client, now, population, seen.client);
    observeValue(this.countries, country, now, population, seen.country);
    observeValue(this.scopes, scopes, now, population, seen.scopes);
    observeValue(this.environments, environment, now, population, seen.environment);
    observeValue(this.tools, tool, now, population, seen.tool);
  }

  #rememberValues(now: Moment, weight: number): void {
    if (this.#settled) return;
    const { seen, identity } = this;
    const population = this.#shared.population;
    rememberValue(this.networks, seen.network, now, population, weight);
    rememberValue(this.places, seen.place, now, population, weight);
    rememberValue(this.clients, seen.client, now, population, weight);
    rememberValue(this.countries, seen.country, now, population, weight);
    rememberValue(this.scopes, seen.scopes, now, population, weight);
    rememberValue(this.tools, seen.tool, now, population, weight);
    rememberValue(this.environments, seen.environment, now, population, weight);
    identity.settled =
      isKnown(seen.network) &&
      isKnown(seen.place) &&
      isKnown(seen.client) &&
      isKnown(seen.country) &&
      isKnown(seen.scopes) &&
      isKnown(seen.tool) &&
      isKnown(seen.environment)
        ? this.#valuesHash
        : 0;
  }

  #observeDeployment(event: UsageEvent): void {
    const { seen, deployment } = this;
    seen.revoked = deployment.revoked(event);
    seen.decoy = deployment.decoy(event);
    seen.homeEnvironment = deployment.homeEnvironment(event);
    seen.breach = deployment.breach(event);
  }

  #observeContext(event: UsageEvent): void {
    const { seen, identity } = this;
    const place = seen.place.hash === 0 ? identity.placeNow : seen.place.hash;
    const client = seen.client.hash === 0 ? identity.clientNow : seen.client.hash;
    // What this line does not say is taken as unchanged: a field that comes and goes is nobody's arrival.
    const network = seen.network.hash === 0 ? identity.networkNow : seen.network.hash;
    const known = network !== 0 || client !== 0;
    this.#contextHash = known ? mix32(network, client) : identity.contextNow;
    seen.returned =
      known && this.#contextHash !== identity.contextNow && this.#contextHash === identity.contextBefore;
    seen.returnedFar = seen.returned && place !== identity.placeNow && client !== identity.clientNow;
    seen.movedKm = 0;
    seen.movedSeconds = 0;
    if (event.clientCountry === null || identity.country === 0) return;
    const code = countryCode(event.clientCountry);
    if (code === identity.country) return;
    seen.movedKm = travelledKm(countryText(identity.country), event.clientCountry);
    seen.movedSeconds = Math.max(0, this.#now.timeS - identity.countryS);
    const share = this.#shared.population.share(
      this.countries.number,
      identity.peer,
      seen.country.hash,
      this.#now.hour,
    );
    seen.moveIsKnown = (!seen.country.unseen && !seen.country.fresh) || share > 0.02;
  }

  #observeRoute(low: number, high: number, now: Moment): void {
    const { seen, identity } = this;
    const sight: Sight = seen.route;
    const { hash, sensitivity } = this.#route;
    sight.hash = hash;
    sight.bits = 0;
    seen.operationBits = 0;
    seen.sensitivity = seen.sensitiveNews = 0;
    seen.mixBits = identity.mixBits;
    seen.mixed = identity.mixed;
    if (hash === 0) {
      sight.firstThisHour = sight.unseen = sight.fresh = false;
      return;
    }
    const table = this.#shared.operations;
    const entry = table.find((low ^ hash) >>> 0, high);
    this.#operationEntry = entry;
    const count = entry < 0 ? 0 : table.amount(entry);
    sight.firstThisHour = entry < 0 || table.lastHour(entry) !== now.hour;
    sight.unseen = sight.fresh = entry < 0;
    if (entry < 0)
      sight.bits = noveltyBits(this.routes, hash, now, this.#shared.population, identity.distinctOperations);
    seen.sensitivity = sensitivity;
    if (sensitivity !== 0 && entry < 0)
      seen.sensitiveNews = 1 - this.#shared.population.share(this.routes.number, now.peer, hash, now.hour);
    const others = this.#shared.operationCounts.shareOfOthers(hash, count, identity.operations);
    // An hour is held against what was done before it, or the second step of a thief would be his habit.
    const before = sight.firstThisHour ? count : Math.max(0, count - table.mark(entry) / pendingUnit);
    const allBefore = Math.max(before, identity.operations - identity.operationsNow);
    const own = (before + backOff * others) / (allBefore + backOff);
    const bits = Math.log2(others / own);
    seen.operationBits = Math.max(-mostOperationBits, Math.min(mostOperationBits, bits));
  }

  #rememberOperation(low: number, high: number, hour: number, gate: number): void {
    const { hash } = this.#route;
    if (hash === 0) return;
    const { identity, seen } = this;
    identity.mixBits += seen.operationBits;
    identity.mixed += 1;
    const weight = Math.min(gate, mixWeight(identity));
    const table = this.#shared.operations;
    let entry = this.#operationEntry;
    if (entry < 0) {
      entry = table.add((low ^ hash) >>> 0, high, hour);
      identity.distinctOperations += 1;
    } else {
      table.use(entry, hour);
    }
    const pending = seen.route.firstThisHour ? 0 : table.mark(entry);
    table.setMark(entry, pending + Math.round(weight * pendingUnit));
    table.setAmount(entry, table.amount(entry) + weight);
    identity.operations += weight;
    identity.operationsNow += weight;
    this.#shared.operationCounts.add(hash, hour, weight);
  }

  #hourBits(hour: number): number {
    const { identity } = this;
    // Before a whole week was seen, the first weekend would be news of everybody.
    if (identity.activeHours < hoursBeforeHabit || this.#now.timeS - identity.firstS < weekS) return 0;
    const bin = weekBin(hour);
    const peer = Math.max(0.2 / weekBins, this.#shared.population.share(8, identity.peer, bin + 1, hour));
    return unusualHourBits((b) => identity.weekHours.get(b) / weekUnit, identity.activeHours, bin, peer);
  }

  #nameValues(event: UsageEvent): void {
    const { seen } = this;
    const names = this.#shared.names;
    if (seen.network.firstThisHour) names.remember(seen.network.hash, networkPrefix(event.clientAddress));
    if (seen.place.firstThisHour && event.clientAsn !== null) {
      names.remember(seen.place.hash, `AS${event.clientAsn} ${event.clientAsName ?? ''}`.trim());
    }
    if (seen.client.firstThisHour) names.remember(seen.client.hash, clientName(event));
    if (seen.country.firstThisHour) names.remember(seen.country.hash, event.clientCountry ?? '');
    if (seen.route.firstThisHour) names.remember(seen.route.hash, event.route ?? '');
    if (seen.tool.firstThisHour) names.remember(seen.tool.hash, event.genAiToolName ?? event.mcpMethod ?? '');
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

function countryCode(country: string): number {
  return country.charCodeAt(0) * 256 + country.charCodeAt(1);
}

function countryText(code: number): string {
  return String.fromCharCode(code >> 8, code & 255);
}
