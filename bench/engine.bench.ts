import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { detectors } from '../detectors/index.ts';
import type { Model } from '../schemas/model.ts';
import { emptyUsageEvent, type UsageEvent } from '../schemas/usage-event.ts';
import { nothingDeclared } from '../src/engine/deployment.ts';
import { createEngine } from '../src/engine/engine.ts';
import { defaultSizes } from '../src/engine/shared-memory.ts';

const startMs = Date.UTC(2026, 0, 5);
const day = 86_400_000;

export interface EngineRow {
  readonly credentials: number;
  readonly events: number;
  readonly usPerEvent: number;
  readonly bytesPerCredential: number;
  readonly residentMiB: number;
}

/**
 * Time per event with every detector on. Events are built before the clock runs; each credential has
 * its own network, client, objects and routes, and gets `perHour` events in each active hour.
 */
export function measureEngine(credentials: number, events: number, perHour: number): EngineRow {
  const engine = newEngine(credentials);
  const batch = 2_000;
  const templates = Array.from({ length: Math.min(credentials, 50_000) }, (_, n) => template(n));
  let made = 0;
  let elapsedNs = 0n;
  let timed = 0;
  const warm = Math.min(events / 2, credentials * 2);
  while (made < events) {
    const list = Array.from({ length: batch }, () => eventNumber(made++, credentials, perHour, templates));
    const started = process.hrtime.bigint();
    for (const event of list) engine.process(event, event.timestampMs, 'bench', null);
    if (made > warm) {
      elapsedNs += process.hrtime.bigint() - started;
      timed += list.length;
    }
    engine.drain();
  }
  return {
    credentials,
    events: timed,
    usPerEvent: Number(elapsedNs) / timed / 1000,
    bytesPerCredential: engine.figures().bytesPerCredential,
    residentMiB: process.memoryUsage().rss / 2 ** 20,
  };
}

function newEngine(credentials: number) {
  const model = JSON.parse(
    readFileSync(new URL('../detectors/model.json', import.meta.url), 'utf8'),
  ) as Model;
  return createEngine({
    detectors,
    model,
    deployment: nothingDeclared,
    alertsPerDay: 10,
    resolveAfterMs: 3_600_000,
    allowedLatenessMs: 120_000,
    maxAheadMs: Number.POSITIVE_INFINITY,
    maxCredentials: Math.max(credentials, 10_000),
    idleEvictionMs: 60 * day,
    sizes: defaultSizes,
    scores: false,
    simulated: true,
    runbookBase: '',
  });
}

function template(n: number): UsageEvent {
  return {
    ...emptyUsageEvent(),
    gatewayType: 'envoy',
    credentialType: 'jwt',
    credentialSource: 'claim',
    tokenIssuer: 'https://login.example.com',
    tokenScopes: ['orders.read', 'orders.write'],
    clientAddress: `10.${n & 255}.${(n >> 8) & 255}.7`,
    clientAsn: 64_500 + (n % 400),
    clientCountry: 'DE',
    userAgent: `orders-sync/2.${n % 9} (linux; amd64) client-${n % 300}`,
    ja4: `t13d1516h2_8daaf6152771_${(n % 50).toString(16).padStart(12, '0')}`,
    method: 'GET',
    host: 'api.example.com',
    routeSource: 'inferred',
    status: 200,
    outcome: 'success',
  };
}

/** A string as a parser makes it: in one piece, and known to nobody yet. */
function fresh(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function eventNumber(
  n: number,
  credentials: number,
  perHour: number,
  templates: readonly UsageEvent[],
): UsageEvent {
  // Credentials in a scattered but fixed order, so that no cache line is the next one's neighbour.
  const credential = Math.imul(n, 2_654_435_761) % credentials;
  const who = credential < 0 ? credential + credentials : credential;
  const round = Math.floor(n / credentials);
  const object = who * 40 + ((round * 7 + n) % 40);
  const route = `GET /api/v1/resource-${(who + round) % 12}/{int}`;
  return {
    ...(templates[who % templates.length] as UsageEvent),
    timestampMs: startMs + Math.floor((round / perHour) * 3_600_000) + (n % 3_000),
    eventId: fresh(`e-${n}`),
    httpRequestId: fresh(`9f8c2d1e-${n.toString(16).padStart(8, '0')}`),
    credentialId: fresh(`https://login.example.com|orders|user-${who}`),
    tokenId: fresh(`token-${who}-${Math.floor(round / perHour)}`),
    route: fresh(route),
    path: fresh(`/api/v1/resource-${(who + round) % 12}/${object}`),
    objectId: fresh(`${object}`),
    objectNumber: object,
    responseBytes: 400 + (n % 900),
  };
}

export const engineCases = [
  { credentials: 2_000, events: 1_000_000, perHour: 60 },
  { credentials: 100_000, events: 1_000_000, perHour: 5 },
  { credentials: 1_000_000, events: 3_000_000, perHour: 2 },
] as const;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const only = process.argv[2];
  for (const { credentials, events, perHour } of engineCases) {
    if (only !== undefined && Number(only) !== credentials) continue;
    console.log(JSON.stringify(measureEngine(credentials, events, perHour)));
  }
}
