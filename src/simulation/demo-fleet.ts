import { asAgent } from './agents.ts';
import { type ScenarioId, scenarioById } from './attacks/index.ts';
import { type Credential, dayMs, type Gateway, hourMs } from './credential.ts';
import { type DemoCredential, demoApis, demoCredentials } from './demo-estate.ts';
import { exponential, pick, uniform } from './distributions.ts';
import { eventOf } from './event.ts';
import { createFleet, type Fleet } from './fleet.ts';
import { eventsPerDay } from './habits.ts';
import { type LineFormat, lineWriters } from './lines/index.ts';
import { createCredential } from './new-credential.ts';
import { drawParameters } from './parameters.ts';
import { type Attributed, playHours, sorted } from './play.ts';
import { createRandom, type Random } from './random.ts';
import { plainManner } from './scenario.ts';
import { ownCalls } from './traffic.ts';
import type { SimulatedCall } from './world.ts';

export interface DemoLine {
  readonly format: LineFormat;
  readonly line: string;
  /** When the call was made; its line is due at this time. */
  readonly timeMs: number;
  /** The scenario the line belongs to; null: honest. */
  readonly attack: string | null;
}

export interface DemoOptions {
  /** First day of the story, epoch ms; give the first start's again to continue it. Default: three weeks before now. */
  readonly startMs?: number;
  /** Only lines after this time; default: all. */
  readonly sinceMs?: number;
}

export interface DemoLive {
  /** The lines due since the last call, in order of time. */
  linesUntil(timeMs: number): DemoLine[];
  /** Attacks planned so far, in order of their start. */
  readonly attacks: readonly DemoAttack[];
}

export interface DemoAttack {
  readonly scenario: ScenarioId;
  readonly credential: string;
  readonly startMs: number;
}

const pastMs = 21 * dayMs;
const tickMs = 1_000;

/** Where the story begins, so that a later start can go on with it. */
export function demoStart(nowMs: number): number {
  return Math.floor((nowMs - pastMs) / hourMs) * hourMs;
}

/** Three quiet weeks of about forty credentials, up to now. */
export function* demoPast(seed: number, nowMs: number, options: DemoOptions = {}): Generator<DemoLine> {
  const fleet = createDemoFleet(seed, options.startMs ?? demoStart(nowMs), nowMs);
  for (const call of playHours(fleet, [])) {
    if (call.event.timestampMs > (options.sinceMs ?? 0)) yield demoLine(call);
  }
}

/** What happens from now on: the same fleet going on, and attacks, the first of each family within seconds. */
export function demoLive(seed: number, nowMs: number, options: DemoOptions = {}): DemoLive {
  const fleet = createDemoFleet(seed, options.startMs ?? demoStart(nowMs), Number.POSITIVE_INFINITY);
  const random = createRandom(seed).stream(`attacks ${nowMs}`);
  const attacks: DemoAttack[] = [];
  let running: { activity: Attributed; next: number; tag: string }[] = [];
  let waiting: SimulatedCall[] = [];
  let playedMs = fleet.startMs;
  let steppedMs = nowMs;
  const collect = (event: SimulatedCall['event']) => {
    if (event.timestampMs > nowMs) waiting.push({ event, attack: null });
  };
  const launch = (scenario: ScenarioId, target: Credential, startMs: number, spanMs: number) => {
    const activities = compressed(fleet, random, scenario, target, startMs, spanMs);
    for (const activity of activities)
      running.push({ activity, next: 0, tag: `${target.tag}${random.bits().toString(36)}` });
    if (activities.length > 0) attacks.push({ scenario, credential: target.consumer, startMs });
  };
  while (playedMs + hourMs <= nowMs) playOwn();
  for (const { scenario, credential, afterMs, spanMs } of opening)
    launch(scenario, byName(fleet, credential), nowMs + afterMs, spanMs);
  let nextAttackMs = nowMs + 60_000;

  function playOwn(): void {
    for (const credential of fleet.credentials) ownCalls(credential, playedMs, fleet.startMs, collect);
    playedMs += hourMs;
  }

  /** Plays one tick: what is drawn depends on simulated time alone, never on how often one asks. */
  function step(untilMs: number): void {
    while (playedMs <= untilMs) playOwn();
    while (nextAttackMs <= untilMs) {
      const scenario = pick(random, later);
      const fits = fleet.credentials.filter((credential) => scenarioById(scenario).fits(credential, fleet));
      if (fits.length > 0)
        launch(scenario, pick(random, fits), nextAttackMs, uniform(random, 10_000, 60_000));
      nextAttackMs += 20_000 + exponential(random, 70_000);
    }
    for (const each of running) {
      const { activity, tag } = each;
      const { target, times } = activity;
      for (let at = times[each.next]; at !== undefined && at <= untilMs; at = times[++each.next]) {
        const call = asAgent(target, activity.make(at, each.next), random);
        waiting.push({ event: eventOf(target, call, at, tag, each.next), attack: activity.attack });
      }
    }
    running = running.filter((each) => each.next < each.activity.times.length);
  }

  return {
    attacks,
    linesUntil(timeMs) {
      for (; steppedMs < timeMs; steppedMs += tickMs) step(steppedMs + tickMs);
      const due = sorted(waiting.filter((call) => call.event.timestampMs <= timeMs));
      waiting = waiting.filter((call) => call.event.timestampMs > timeMs);
      return due.map(demoLine);
    },
  };
}

interface Opening {
  readonly scenario: ScenarioId;
  readonly credential: string;
  readonly afterMs: number;
  readonly spanMs: number;
}

/** One attack of each family at once: who looks at the demo should not have to wait. */
const opening: readonly Opening[] = [
  { scenario: 'stolen-key-new-network', credential: 'plum-retail', afterMs: 2_000, spanMs: 10_000 },
  { scenario: 'secret-in-url', credential: 'mossy-books', afterMs: 4_000, spanMs: 3_000 },
  { scenario: 'fast-scrape', credential: 'warehouse-sync', afterMs: 5_000, spanMs: 20_000 },
  { scenario: 'admin-routes', credential: 'image-builder', afterMs: 7_000, spanMs: 6_000 },
  { scenario: 'permission-probing', credential: 'lighthouse-crm', afterMs: 9_000, spanMs: 10_000 },
  { scenario: 'expired-accepted', credential: 'loyalty-points', afterMs: 12_000, spanMs: 2_000 },
  { scenario: 'token-replay', credential: 'grace (support)', afterMs: 15_000, spanMs: 5_000 },
];

const later: readonly ScenarioId[] = [
  'stolen-key-new-network',
  'stolen-key-same-client',
  'leaked-ci-key',
  'token-replay',
  'impossible-travel',
  'fast-scrape',
  'shuffled-block-scrape',
  'pagination-sweep',
  'object-guessing',
  'permission-probing',
  'admin-routes',
  'rate-burst',
  'expired-accepted',
  'wrong-audience',
  'secret-in-url',
  'agent-tool-loop',
];

const loud: Partial<Record<ScenarioId, number>> = {
  'stolen-key-new-network': 50,
  'permission-probing': 40,
  'token-replay': 10,
  'fast-scrape': 400,
};

/** A scenario's calls squeezed into `spanMs`, at most as many as a demo can show. */
function compressed(
  fleet: Fleet,
  random: Random,
  id: ScenarioId,
  target: Credential,
  startMs: number,
  spanMs: number,
): Attributed[] {
  const scenario = scenarioById(id);
  const stage = { fleet, random, ...plainManner };
  let plan = scenario.plan(stage, target, startMs);
  // Some scenarios have quiet variants; a demo shows one that can be seen.
  for (let i = 0; i < 20 && plan !== null && (plan.activities[0]?.times.length ?? 0) < (loud[id] ?? 0); i++) {
    plan = scenario.plan(stage, target, startMs);
  }
  if (plan === null) return [];
  const attack = {
    scenario: id,
    credentialId: target.id,
    startMs,
    endMs: startMs + spanMs,
    family: scenario.family,
    alsoFamilies: scenario.alsoFamilies ?? [],
    campaign: null,
    violation: scenario.violation ?? false,
    chaff: false,
    calls: 0,
  };
  return plan.activities
    .filter((activity) => activity.target === target)
    .map((activity) => {
      const kept = activity.times.slice(0, 400);
      const first = kept[0] ?? startMs;
      const scale = spanMs / Math.max(1, (kept[kept.length - 1] ?? first) - first);
      return {
        ...activity,
        times: kept.map((at) => Math.floor(startMs + (at - first) * scale)),
        attack: activity.own ? null : attack,
      };
    });
}

function byName(fleet: Fleet, name: string): Credential {
  const found = fleet.credentials.find((credential) => credential.consumer === name);
  if (found === undefined) throw new Error(`the demo has no credential called '${name}'`);
  return found;
}

function createDemoFleet(seed: number, startMs: number, endMs: number): Fleet {
  const random = createRandom(seed).stream('demo');
  const parameters = {
    ...drawParameters('tuning', random.stream('parameters')),
    fleet: 0,
    organisations: 12,
    noise: 0.3,
    dispersion: 0.05,
    errorShare: 0.006,
    serverlessShare: 0,
    timeZoneSpreadHours: 2,
    weekendFactor: 0.6,
  };
  const owned = demoApis();
  const owners = [...new Set(demoCredentials.map((each) => each.owner))];
  const fleet = { ...createFleet(random, parameters, startMs, endMs, owners), apis: owned };
  const apis = new Map(owned.map((api) => [api.id, api]));
  const gateways = new Map(
    (['envoy', 'kong', 'nginx', 'cloudtrail'] as const).map((type) => [type, demoGateway(type)]),
  );
  for (const [i, spec] of demoCredentials.entries()) {
    const own = random.stream(spec.name);
    const organisation = fleet.organisations[owners.indexOf(spec.owner)] ?? pick(own, fleet.organisations);
    const api = apis.get(spec.api);
    const gateway = gateways.get(spec.gateway);
    if (api === undefined || gateway === undefined)
      throw new Error(`demo credential '${spec.name}' names an unknown API or gateway`);
    const credential = createCredential(fleet, own, i, startMs, {
      kind: spec.kind,
      type: spec.type,
      organisation,
      api,
      gateway,
      consumer: spec.name,
      ...(spec.gateway === 'nginx' ? { id: spec.name } : {}),
    });
    credential.ratePerHour *= spec.callsPerDay / Math.max(0.1, eventsPerDay(credential));
    fleet.credentials.push(credential);
  }
  return fleet;
}

function demoGateway(type: DemoCredential['gateway']): Gateway {
  return {
    name: `${type}-edge`,
    type,
    logsClient: true,
    logsTls: type === 'envoy',
    logsObject: true,
    logsNetwork: true,
    logsToken: type === 'envoy' || type === 'cloudtrail',
    logsBytes: true,
    sampleRate: 1,
    skewMs: 0,
  };
}

function demoLine({ event, attack }: SimulatedCall): DemoLine {
  const format = event.gatewayType as LineFormat;
  return {
    format,
    line: lineWriters[format](event),
    timeMs: event.timestampMs,
    attack: attack?.scenario ?? null,
  };
}
