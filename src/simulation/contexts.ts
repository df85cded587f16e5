import type { Client, ClientCatalogue } from './clients.ts';
import { type Credential, dayMs, type Slot } from './credential.ts';
import { chance, exponential, integer, pick } from './distributions.ts';
import { type Network, networksOf } from './networks.ts';
import type { WorkloadKind, WorldParameters } from './parameters.ts';
import type { Random } from './random.ts';

/** The egress of one office, shared by everybody in it. */
export interface Office {
  readonly network: Network;
  readonly addresses: readonly string[];
}

const hosting = networksOf('hosting');
const isps = networksOf('isp');
const carriers = networksOf('mobile');
const relays = networksOf('relay');
export const commonClouds = hosting.slice(0, 12);

/** An address in one /24 of the network; the same `site` gives the same /24. */
export function address(random: Random, network: Network, site = random.bits()): string {
  const block = network.blocks[site % network.blocks.length] as string;
  const [a, b, c] = block.split('.').map(Number) as [number, number, number];
  return `${a}.${b}.${c + ((site >>> 8) % 16)}.${integer(random, 2, 253)}`;
}

export function slot(
  random: Random,
  place: Slot['place'],
  network: Network,
  at: string,
  client: Client,
  weight: number,
  keepMs: number,
  startMs: number,
  pool: readonly string[] | null = null,
): Slot {
  return {
    place,
    network,
    address: at,
    client,
    weight,
    keepMs,
    nextAddressMs: Number.isFinite(keepMs) ? startMs + exponential(random, keepMs) : Number.POSITIVE_INFINITY,
    pool,
    token: null,
    template: null,
  };
}

/** `count` addresses of one network in a few /24s. */
export function addresses(random: Random, network: Network, count: number, sites: number): string[] {
  const chosen = Array.from({ length: sites }, () => random.bits());
  return Array.from({ length: count }, () => address(random, network, pick(random, chosen)));
}

/** The places a new credential is used from. */
export function slotsFor(
  random: Random,
  kind: WorkloadKind,
  cloud: boolean,
  home: readonly Network[],
  office: Office,
  clients: ClientCatalogue,
  parameters: WorldParameters,
  startMs: number,
): Slot[] {
  const client = (use: keyof ClientCatalogue['byUse']) =>
    pick(random, pick(random, clients.byUse[use]).slice(0, 3));
  const churn = 1 / parameters.noise;
  if (kind === 'person') {
    const laptop = client('browser');
    const isp = pick(random, home);
    const slots = [slot(random, 'home', isp, address(random, isp), laptop, 1, 7 * dayMs * churn, startMs)];
    if (chance(random, 0.75))
      slots.push(
        slot(
          random,
          'work',
          office.network,
          pick(random, office.addresses),
          laptop,
          1,
          Number.POSITIVE_INFINITY,
          startMs,
        ),
      );
    if (chance(random, 0.45)) {
      const carrier = pick(
        random,
        carriers.filter((c) => c.country === isp.country).length > 0
          ? carriers.filter((c) => c.country === isp.country)
          : carriers,
      );
      const phone = client('mobile');
      const pool = addresses(random, carrier, 60, 40);
      slots.push(
        slot(
          random,
          'move',
          carrier,
          pool[0] as string,
          phone,
          0.25,
          Number.POSITIVE_INFINITY,
          startMs,
          pool,
        ),
      );
    }
    if (chance(random, 0.08)) {
      const relay = pick(random, relays);
      const pool = addresses(random, relay, 80, 30);
      slots.push(
        slot(random, 'home', relay, pool[0] as string, laptop, 1, Number.POSITIVE_INFINITY, startMs, pool),
      );
    }
    return slots;
  }
  const program = client(cloud ? 'cloud' : kind === 'agent' ? 'agent' : 'machine');
  const network = pick(random, kind === 'partner' && chance(random, 0.5) ? isps : commonClouds);
  if (kind === 'monitor') {
    return Array.from({ length: 12 }, () => {
      const city = pick(random, hosting);
      return slot(random, 'any', city, address(random, city), program, 1, Number.POSITIVE_INFINITY, startMs);
    });
  }
  if (kind === 'ci' || (kind === 'service' && chance(random, parameters.serverlessShare))) {
    const pool = addresses(random, network, integer(random, 30, 120), integer(random, 6, 30));
    return [
      slot(random, 'any', network, pool[0] as string, program, 1, Number.POSITIVE_INFINITY, startMs, pool),
    ];
  }
  const pods = kind === 'service' ? integer(random, 1, 5) : integer(random, 1, 2);
  return addresses(random, network, pods, integer(random, 1, 2)).map((at) =>
    slot(random, 'any', network, at, program, 0.5 + random.next(), Number.POSITIVE_INFINITY, startMs),
  );
}

/** The slot of one session or call: the place a person is likely to be in at that hour. */
export function chooseSlot(credential: Credential, random: Random, localHourOfWeek: number): Slot {
  const { slots } = credential;
  if (slots.length === 1) return slots[0] as Slot;
  const ofDay = localHourOfWeek % 24;
  const atWork = localHourOfWeek < 120 && ofDay >= 8 && ofDay < 18;
  let total = 0;
  for (const each of slots) total += weightAt(each, atWork);
  let u = random.next() * total;
  for (const each of slots) {
    u -= weightAt(each, atWork);
    if (u <= 0) return each;
  }
  return slots[slots.length - 1] as Slot;
}

function weightAt(each: Slot, atWork: boolean): number {
  if (each.place === 'work') return each.weight * (atWork ? 1 : 0.03);
  if (each.place === 'home') return each.weight * (atWork ? 0.25 : 1);
  return each.weight;
}

/** Moves the slot to its address of the moment: pools change with each session, leases run out. */
export function settle(each: Slot, random: Random, timeMs: number): void {
  if (each.pool !== null) {
    each.address = pick(random, each.pool);
    each.template = null;
  } else if (timeMs >= each.nextAddressMs) {
    each.address = address(random, each.network);
    each.nextAddressMs = timeMs + exponential(random, each.keepMs);
    each.template = null;
  }
}
