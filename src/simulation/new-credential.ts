import { type CredentialType, emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import type { Api, Operation } from './apis.ts';
import { personalWork } from './audit.ts';
import { slotsFor } from './contexts.ts';
import type { Credential, Gateway, Holdings } from './credential.ts';
import {
  chance,
  cumulative,
  drawIndex,
  integer,
  logNormal,
  logUniform,
  pick,
  sample,
} from './distributions.ts';
import { hex } from './event.ts';
import type { Fleet, Organisation } from './fleet.ts';
import { schedule, weeklyProfile } from './habits.ts';
import { type WorkloadKind, type WorldParameters, workloadKinds } from './parameters.ts';
import type { Random } from './random.ts';

/** What may be settled before a credential is drawn; the rest comes from the world's shares. */
export interface Choice {
  readonly kind?: WorkloadKind;
  readonly type?: CredentialType;
  readonly organisation?: Organisation;
  readonly api?: Api;
  readonly gateway?: Gateway;
  readonly consumer?: string;
  readonly id?: string;
}

/** A credential from a stream of its own. */
export function createCredential(
  fleet: Fleet,
  random: Random,
  index: number,
  startMs: number,
  choice: Choice = {},
): Credential {
  const { parameters } = fleet;
  const kind = choice.kind ?? drawKind(random, parameters);
  const organisation = choice.organisation ?? pick(random, fleet.organisations);
  const api = choice.api ?? pick(random, fleet.apis);
  const cloud = api.style === 'cloud';
  const type = choice.type ?? drawType(random, kind, cloud);
  const gateway =
    choice.gateway ??
    pick(
      random,
      fleet.gateways.filter((g) => (g.type === 'cloudtrail') === cloud),
    );
  const workload = pick(random, api.classes);
  const work = api.style === 'audit' ? personalWork(random, api) : workload;
  const usual = work.weights.map((weight) => logNormal(random, weight, 0.7));
  const duties = dutiesOf(random.stream('duties'), api);
  const weights = [...usual, ...duties.map(({ weight }) => weight)];
  const profile = weeklyProfile(random, kind, parameters);
  const tag = hex(random);
  const drawn = cloud
    ? `AKIA${tag.toUpperCase()}${hex(random).toUpperCase()}`
    : `${type === 'jwt' ? `${organisation.name}|` : ''}${tag}${hex(random)}`;
  const id = choice.id ?? drawn;
  const timeZoneHours = organisation.timeZoneHours;
  const shortLived =
    type === 'jwt' || type === 'session' || type === 'oauth_client' || (cloud && chance(random, 0.5));
  const bound = type === 'mtls_cert' || (type === 'jwt' && chance(random, 0.12));
  const credential: Omit<Credential, 'base'> = {
    index,
    id,
    type,
    kind,
    tag,
    random,
    organisation: organisation.name,
    consumer: choice.consumer ?? `${organisation.name}-${kind}-${index}`,
    gateway,
    api,
    operations: [...work.operations, ...duties.map(({ operation }) => operation)],
    weights,
    sums: cumulative(weights),
    scopes: workload.scopes,
    holdings: drawHoldings(random, api, kind),
    slots: slotsFor(
      random,
      kind,
      cloud,
      organisation.home,
      organisation.office,
      fleet.clients,
      parameters,
      startMs,
    ),
    profile,
    timeZoneHours,
    ratePerHour: logNormal(random, medianRate[kind], parameters.rateSigma),
    dispersion: logNormal(random, parameters.dispersion, 0.5),
    pattern: patterns[kind],
    sessionLength: Math.max(2, logNormal(random, kind === 'ci' ? 14 : 7, 0.5)),
    sessionGapMs: logNormal(random, kind === 'person' ? 22_000 : 1_500, 0.7),
    cron: schedule(random),
    notFoundShare: logNormal(random, parameters.errorShare, 0.8),
    deniedShare: chance(random, 0.3) ? logNormal(random, parameters.errorShare * 0.3, 1) : 0,
    serverErrorShare: logNormal(random, parameters.errorShare * 0.3, 0.6),
    tokenLifetimeMs: shortLived ? pick(random, [300, 900, 3_600, 3_600, 28_800, 43_200]) * 1_000 : 0,
    sharesToken: kind === 'person' && chance(random, parameters.sharedTokenShare),
    boundKey: bound ? `jkt-${hex(random)}${hex(random)}` : null,
    userId: kind === 'person' ? `user-${tag}` : null,
    startMs,
    endMs: fleet.endMs,
    rotation: null,
    changes: [],
    modifiers: [],
    mutes: [],
    borrowed: null,
    sequence: 0,
    sessions: 0,
  };
  return Object.assign(credential, { base: baseEvent(credential, random) });
}

/** The fields that stay the same over all events of a credential. */
export function baseEvent(credential: Omit<Credential, 'base'>, random: Random): UsageEvent {
  const { gateway, type, api } = credential;
  const token = gateway.logsToken && credential.tokenLifetimeMs > 0;
  return {
    ...emptyUsageEvent(),
    gatewayType: gateway.type,
    gatewayName: gateway.name,
    environment: 'production',
    credentialId: credential.id,
    credentialType: type,
    credentialSource:
      type === 'jwt' || type === 'oauth_client'
        ? 'claim'
        : type === 'mtls_cert'
          ? 'cert'
          : type === 'session'
            ? 'hashed_header'
            : 'gateway_id',
    tokenIssuer: token ? `https://id.${credential.organisation}.example.com` : null,
    tokenSubject: token ? (credential.userId ?? credential.consumer) : null,
    tokenAudience: token ? [api.host] : [],
    tokenScopes: token ? [...credential.scopes] : [],
    tokenAuthorizedParty: token ? credential.consumer : null,
    tokenKeyId: token ? 'k1' : null,
    tokenAlgorithm: token && type === 'jwt' ? 'RS256' : null,
    tokenBoundKey: credential.boundKey,
    presentedKey: credential.boundKey,
    authScheme:
      type === 'api_key'
        ? 'apikey'
        : type === 'mtls_cert'
          ? 'mtls'
          : type === 'session'
            ? 'cookie'
            : type === 'cloud_access_key'
              ? 'hmac'
              : credential.boundKey
                ? 'dpop'
                : 'bearer',
    consumerId: credential.consumer,
    userId: credential.userId,
    organizationId: credential.organisation,
    host: api.host,
    certSha256: type === 'mtls_cert' ? `${hex(random)}${hex(random)}${hex(random)}${hex(random)}` : null,
    apiId: api.id,
    apiName: api.name,
    sampleRate: gateway.sampleRate,
    genAiAgentId: credential.kind === 'agent' ? `agent-${credential.tag}` : null,
  };
}

const medianRate: Record<WorkloadKind, number> = {
  service: 8,
  batch: 40,
  person: 6,
  partner: 6,
  ci: 12,
  agent: 6,
  monitor: 12,
};
const patterns: Record<WorkloadKind, Credential['pattern']> = {
  service: 'steady',
  batch: 'cron',
  person: 'sessions',
  partner: 'steady',
  ci: 'sessions',
  agent: 'sessions',
  monitor: 'ticks',
};

function drawKind(random: Random, parameters: WorldParameters): WorkloadKind {
  return workloadKinds[
    drawIndex(random, cumulative(workloadKinds.map((kind) => parameters.kinds[kind])))
  ] as WorkloadKind;
}

function drawType(random: Random, kind: WorkloadKind, cloud: boolean): CredentialType {
  if (cloud) return 'cloud_access_key';
  if (kind === 'person') return pick(random, ['session', 'jwt', 'jwt'] as const);
  if (kind === 'service')
    return pick(random, ['api_key', 'jwt', 'jwt', 'mtls_cert', 'oauth_client'] as const);
  return pick(random, ['api_key', 'api_key', 'jwt', 'oauth_client'] as const);
}

/** Administrators' work that some credentials have always done, mostly seldom. */
function dutiesOf(random: Random, api: Api): { operation: Operation; weight: number }[] {
  if (!chance(random, 0.1)) return [];
  return sample(random, api.admin, integer(random, 1, 4)).map((operation) => ({
    operation,
    weight: logNormal(random, 0.2, 1),
  }));
}

function drawHoldings(random: Random, api: Api, kind: WorkloadKind): Holdings {
  const initial = Math.round(logNormal(random, kind === 'person' ? 80 : 250, 1.1)) + 5;
  const catalogue = api.resources[0]?.catalogue ?? 0;
  const consumer = (kind === 'batch' || kind === 'service') && chance(random, 0.12);
  const layout =
    catalogue > 0
      ? 'catalogue'
      : consumer
        ? 'sequence'
        : pick(random, ['block', 'scattered', 'recent'] as const);
  return {
    layout,
    base: layout === 'catalogue' ? 1 : api.idBase + Math.floor(random.next() * 400_000),
    span: layout === 'catalogue' ? catalogue : 600_000,
    seed: random.bits() % 1_000_003,
    initial,
    growthPerDay: logNormal(random, initial * 0.02, 0.8),
    recency: logUniform(random, 3, Math.max(6, initial / 2)),
    stride: integer(random, 5, 60),
    cursor: 0,
    offset: 0,
  };
}
