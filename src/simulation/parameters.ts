import { chance, integer, logUniform, uniform } from './distributions.ts';
import type { Random } from './random.ts';

/** What a credential is for; each has its own habits (`habits.ts`). */
export const workloadKinds = ['service', 'batch', 'person', 'partner', 'ci', 'agent', 'monitor'] as const;
export type WorkloadKind = (typeof workloadKinds)[number];
export const routeStyles = ['rest', 'graphql', 'rpc', 'cloud', 'audit'] as const;
export type RouteStyle = (typeof routeStyles)[number];

/** Everything that makes one world differ from another. Shares are in [0, 1]. */
export interface WorldParameters {
  /** Credentials at the start. */
  readonly fleet: number;
  readonly eventsPerCredentialDay: number;
  /** Log-normal sigma of the credentials' rates; 1.6 spreads them over three orders of magnitude. */
  readonly rateSigma: number;
  /** Overdispersion of hourly counts: variance = mean + dispersion · mean². */
  readonly dispersion: number;
  readonly kinds: Readonly<Record<WorkloadKind, number>>;
  readonly styles: Readonly<Record<RouteStyle, number>>;
  readonly apis: number;
  readonly organisations: number;
  /** Shares of the credentials whose gateway does not log the field. */
  readonly withoutClientShare: number;
  readonly withoutTlsShare: number;
  readonly withoutObjectShare: number;
  readonly withoutNetworkShare: number;
  readonly withoutTokenShare: number;
  readonly withoutBytesShare: number;
  /** Share of the credentials behind a gateway that logs a tenth of the requests. */
  readonly sampledShare: number;
  /** Share of APIs whose objects are a catalogue everyone reads, instead of owned objects. */
  readonly catalogueShare: number;
  readonly uuidShare: number;
  readonly cursorShare: number;
  /** Share of services that run on churning serverless or autoscaled addresses. */
  readonly serverlessShare: number;
  /** Share of people whose devices all show one token. */
  readonly sharedTokenShare: number;
  readonly weekendFactor: number;
  /** Width of the band of time zones, hours. */
  readonly timeZoneSpreadHours: number;
  readonly errorShare: number;
  /** Multiplies how often benign change happens. */
  readonly noise: number;
  readonly renames: number;
  readonly permissionIncident: boolean;
  readonly monthlyJobs: boolean;
  readonly outages: number;
  /** Multiplies the number of requests of every attack. */
  readonly attackStrength: number;
  /** Episodes of each scenario; lowered where the fleet is too small for it. */
  readonly attacksPerScenario: number;
}

export const worldStyles = [
  'randomised',
  'tuning',
  'large',
  'messy',
  'machines',
  'catalogue',
  'small-fleet',
  'agents',
  'cloud',
  'audit',
  'doubled-noise',
] as const;
export type WorldStyle = (typeof worldStyles)[number];

/** The parameters of one world: named distributions, one draw from `random`. */
export function drawParameters(style: WorldStyle, random: Random): WorldParameters {
  const drawn = randomised(random);
  switch (style) {
    case 'randomised':
      return drawn;
    case 'tuning':
      return { ...drawn, ...tuning };
    case 'large':
      return {
        ...drawn,
        ...tuning,
        fleet: 5_000,
        rateSigma: 1.7,
        kinds: { ...mixed, person: 0.66 },
        apis: 14,
      };
    case 'messy':
      return {
        ...drawn,
        ...tuning,
        withoutClientShare: 0.3,
        withoutTlsShare: 0.5,
        withoutObjectShare: 0.35,
        withoutNetworkShare: 0.1,
        withoutTokenShare: 0.3,
        sampledShare: 0.1,
        renames: 2,
        permissionIncident: true,
        monthlyJobs: true,
        attackStrength: 0.6,
      };
    case 'machines':
      return {
        ...drawn,
        ...tuning,
        kinds: machines,
        serverlessShare: 0.5,
        monthlyJobs: true,
        attackStrength: 0.8,
      };
    case 'catalogue':
      return { ...drawn, ...tuning, catalogueShare: 1 };
    case 'small-fleet':
      return { ...drawn, fleet: 30, apis: 2, organisations: 3, eventsPerCredentialDay: 180 };
    case 'agents':
      return { ...drawn, ...tuning, fleet: 600, kinds: { ...mixed, agent: 0.8 } };
    case 'cloud':
      return {
        ...drawn,
        ...tuning,
        fleet: 500,
        styles: { rest: 0, graphql: 0, rpc: 0, cloud: 1, audit: 0 },
        apis: 3,
      };
    case 'audit':
      return { ...drawn, ...tuning, ...audit, fleet: 250, eventsPerCredentialDay: 150 };
    case 'doubled-noise':
      return {
        ...drawn,
        noise: 2,
        dispersion: drawn.dispersion * 2,
        errorShare: drawn.errorShare * 2,
        withoutClientShare: 0.33,
        withoutTlsShare: 0.33,
        withoutObjectShare: 0.33,
        withoutNetworkShare: 0.33,
        withoutTokenShare: 0.33,
        withoutBytesShare: 0.33,
        attackStrength: 0.6,
      };
  }
}

const mixed: Record<WorkloadKind, number> = {
  service: 0.3,
  batch: 0.1,
  person: 0.38,
  partner: 0.08,
  ci: 0.05,
  agent: 0.08,
  monitor: 0.01,
};

const machines: Record<WorkloadKind, number> = {
  service: 0.55,
  batch: 0.25,
  person: 0,
  partner: 0.08,
  ci: 0.1,
  agent: 0,
  monitor: 0.02,
};

const tuning = {
  fleet: 1_200,
  eventsPerCredentialDay: 70,
  rateSigma: 1.2,
  noise: 1,
  attackStrength: 1,
  attacksPerScenario: 10,
  withoutClientShare: 0.03,
  withoutTlsShare: 0.1,
  withoutObjectShare: 0.05,
  withoutNetworkShare: 0,
  withoutTokenShare: 0.1,
  withoutBytesShare: 0.02,
  sampledShare: 0,
  catalogueShare: 0.2,
  apis: 8,
} satisfies Partial<WorldParameters>;

/** Trails that say who did what and when, and nothing of where from, with what, on which object. */
const audit = {
  kinds: { service: 0.12, batch: 0.05, person: 0.75, partner: 0.03, ci: 0.05, agent: 0, monitor: 0 },
  styles: { rest: 0, graphql: 0, rpc: 0, cloud: 0, audit: 1 },
  apis: 2,
  withoutClientShare: 1,
  withoutTlsShare: 1,
  withoutObjectShare: 1,
  withoutNetworkShare: 1,
  withoutTokenShare: 1,
  withoutBytesShare: 1,
} satisfies Partial<WorldParameters>;

function randomised(random: Random): WorldParameters {
  const gaps = uniform(random, 0, 0.35);
  const missing = () => (chance(random, 0.4) ? 0 : gaps * random.next() * 2);
  const fleet = Math.round(logUniform(random, 120, 1_500));
  return {
    fleet,
    eventsPerCredentialDay: logUniform(random, 12, 130),
    rateSigma: uniform(random, 0.9, 2),
    dispersion: uniform(random, 0.1, 0.6),
    kinds: drawKinds(random),
    styles: {
      rest: uniform(random, 0.3, 1),
      graphql: chance(random, 0.4) ? uniform(random, 0, 0.3) : 0,
      rpc: chance(random, 0.5) ? uniform(random, 0, 0.4) : 0,
      cloud: chance(random, 0.35) ? uniform(random, 0, 0.3) : 0,
      audit: 0,
    },
    apis: integer(random, 2, 12),
    organisations: Math.max(2, Math.round(fleet / logUniform(random, 8, 60))),
    withoutClientShare: Math.min(0.5, missing()),
    withoutTlsShare: Math.min(1, missing() * 2.5),
    withoutObjectShare: Math.min(0.5, missing()),
    withoutNetworkShare: Math.min(0.3, missing() * 0.5),
    withoutTokenShare: Math.min(0.8, missing() * 2),
    withoutBytesShare: Math.min(0.4, missing()),
    sampledShare: chance(random, 0.25) ? uniform(random, 0, 0.3) : 0,
    catalogueShare: random.next() ** 2,
    uuidShare: uniform(random, 0, 0.8),
    cursorShare: uniform(random, 0, 1),
    serverlessShare: uniform(random, 0, 0.5),
    sharedTokenShare: chance(random, 0.5) ? 0 : uniform(random, 0, 0.4),
    weekendFactor: uniform(random, 0.05, 0.9),
    timeZoneSpreadHours: integer(random, 0, 14),
    errorShare: logUniform(random, 0.004, 0.05),
    noise: uniform(random, 0.6, 1.6),
    renames: chance(random, 0.3) ? 1 : 0,
    permissionIncident: chance(random, 0.35),
    monthlyJobs: chance(random, 0.6),
    outages: integer(random, 0, 2),
    attackStrength: uniform(random, 0.5, 1.2),
    attacksPerScenario: 8,
  };
}

function drawKinds(random: Random): Record<WorkloadKind, number> {
  const kinds = { ...mixed };
  for (const kind of workloadKinds) kinds[kind] *= logUniform(random, 0.3, 3);
  return kinds;
}
