import { type Api, createApi } from './apis.ts';
import { type ClientCatalogue, createClients } from './clients.ts';
import type { Cause } from './confounders/cause.ts';
import { addresses, type Office } from './contexts.ts';
import type { Credential, Gateway } from './credential.ts';
import { chance, cumulative, drawIndex, integer, pick, uniform } from './distributions.ts';
import { createGateways } from './gateways.ts';
import { eventsPerDay } from './habits.ts';
import { word } from './names.ts';
import { type Network, networksOf } from './networks.ts';
import { createCredential } from './new-credential.ts';
import { routeStyles, type WorldParameters } from './parameters.ts';
import type { Random } from './random.ts';

/** Everything that exists in a world; credentials carry their state of the moment. */
export interface Fleet {
  readonly parameters: WorldParameters;
  readonly clients: ClientCatalogue;
  readonly gateways: readonly Gateway[];
  readonly apis: readonly Api[];
  readonly organisations: readonly Organisation[];
  readonly credentials: Credential[];
  /** Benign changes that reach many of them. */
  readonly causes: Cause[];
  readonly startMs: number;
  readonly endMs: number;
}

export interface Organisation {
  readonly name: string;
  readonly home: readonly Network[];
  readonly timeZoneHours: number;
  office: Office;
}

export function createFleet(
  random: Random,
  parameters: WorldParameters,
  startMs: number,
  endMs: number,
  known?: readonly string[],
): Fleet {
  const names = random.stream('names');
  const companies = known ?? Array.from({ length: parameters.organisations }, () => word(names));
  const clients = createClients(random.stream('clients'), companies);
  const fleet: Fleet = {
    parameters,
    clients,
    gateways: createGateways(random.stream('gateways'), parameters),
    apis: createApis(random.stream('apis'), parameters),
    organisations: companies.map((name) =>
      createOrganisation(random.stream(`organisation ${name}`), name, parameters),
    ),
    credentials: [],
    causes: [],
    startMs,
    endMs,
  };
  for (let i = 0; i < parameters.fleet; i++)
    fleet.credentials.push(createCredential(fleet, random.stream(`credential ${i}`), i, startMs));
  scaleRates(fleet);
  for (const api of fleet.apis) {
    api.idEnd = api.idBase + 1_000;
    for (const { api: own, holdings } of fleet.credentials) {
      if (own === api)
        api.idEnd = Math.max(
          api.idEnd,
          holdings.base + (holdings.layout === 'block' ? holdings.initial * 2 : holdings.span),
        );
    }
  }
  return fleet;
}

function createApis(random: Random, parameters: WorldParameters): Api[] {
  const sums = cumulative(routeStyles.map((style) => parameters.styles[style]));
  return Array.from({ length: parameters.apis }, (_, i) =>
    createApi(random.stream(`api ${i}`), parameters, routeStyles[drawIndex(random, sums)] ?? 'rest', i),
  );
}

function createOrganisation(random: Random, name: string, parameters: WorldParameters): Organisation {
  const isps = networksOf('isp');
  const country = pick(random, isps).country;
  const network = pick(
    random,
    chance(random, 0.5) ? networksOf('corporate') : isps.filter((isp) => isp.country === country),
  );
  return {
    name,
    home: isps.filter((isp) => isp.country === country),
    timeZoneHours: Math.round(
      uniform(random, -parameters.timeZoneSpreadHours / 2, parameters.timeZoneSpreadHours / 2),
    ),
    office: { network, addresses: addresses(random, network, integer(random, 1, 3), 1) },
  };
}

/** Scales all rates so that the fleet makes the events a day its parameters ask for. */
function scaleRates(fleet: Fleet): void {
  let total = 0;
  for (const credential of fleet.credentials) total += eventsPerDay(credential);
  const factor = (fleet.parameters.eventsPerCredentialDay * fleet.credentials.length) / Math.max(1, total);
  for (const credential of fleet.credentials)
    credential.ratePerHour = Math.min(900, credential.ratePerHour * factor);
}
