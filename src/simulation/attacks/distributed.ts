import { address, slot as makeSlot } from '../contexts.ts';
import type { Credential, Slot } from '../credential.ts';
import { integer, pick, sample } from '../distributions.ts';
import type { Fleet } from '../fleet.ts';
import { networksOf } from '../networks.ts';
import type { Activity, Scenario, Stage } from '../scenario.ts';
import {
  dayMs,
  foreignObject,
  hasItems,
  hourMs,
  mainItem,
  minuteMs,
  reads,
  strong,
  thief,
  within,
} from './kit.ts';

/** Other credentials of the victim's API, as many as a fleet of this size can lose. */
function companions(stage: Stage, target: Credential, startMs: number, wanted: number): Credential[] {
  const pool = stage.fleet.credentials.filter(
    (c) =>
      c !== target &&
      c.api === target.api &&
      hasItems(c) &&
      c.rotation === null &&
      c.startMs < startMs - 7 * dayMs,
  );
  return [
    target,
    ...sample(stage.random, pool, Math.min(wanted, Math.ceil(stage.fleet.credentials.length / 60))),
  ];
}

function harvest(
  stage: Stage,
  members: readonly Credential[],
  startMs: number,
  hours: number,
  perHour: number,
  placeOf: (member: Credential) => Slot,
): Activity[] {
  return members.flatMap((member) => {
    const operation = mainItem(member);
    if (operation === null) return [];
    const times = within(stage, startMs, hours * hourMs, strong(stage, perHour * hours));
    return [
      reads(stage, member, operation, times, placeOf(member), (_, at) => foreignObject(stage, member, at)),
    ];
  });
}

const fits = (target: Credential, fleet: Fleet) => hasItems(target) && fleet.credentials.length >= 40;

export const distributedOneFingerprint: Scenario<'distributed-one-fingerprint'> = {
  id: 'distributed-one-fingerprint',
  number: 18,
  atMost: 2,
  description: 'Many credentials are harvested slowly by one program from one network.',
  family: 'scraping',
  alsoFamilies: ['replay'],
  group: 'distributed',
  fits,
  plan(stage, target, startMs) {
    const { random } = stage;
    const robot = thief(stage, target, startMs, { client: 'tool' });
    const members = companions(stage, target, startMs, integer(random, 11, 60));
    const place = () =>
      makeSlot(
        random,
        'any',
        robot.network,
        address(random, robot.network),
        robot.client,
        1,
        Number.POSITIVE_INFINITY,
        startMs,
      );
    return { activities: harvest(stage, members, startMs, 36, 8, place) };
  },
};

export const distributedRotating: Scenario<'distributed-rotating'> = {
  id: 'distributed-rotating',
  number: 19,
  atMost: 2,
  description: 'Many credentials are harvested through residential proxies, each with its own fingerprint.',
  family: 'scraping',
  alsoFamilies: ['replay'],
  group: 'distributed',
  fits,
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const members = companions(stage, target, startMs, integer(random, 11, 60));
    const place = () => {
      const network = pick(random, networksOf('isp'));
      const client = fleet.clients.relinked(pick(random, pick(random, fleet.clients.byUse.browser)), random);
      return makeSlot(
        random,
        'any',
        network,
        address(random, network),
        client,
        1,
        Number.POSITIVE_INFINITY,
        startMs,
      );
    };
    return { activities: harvest(stage, members, startMs, 36, 5, place) };
  },
};

export const credentialSpray: Scenario<'credential-spray'> = {
  id: 'credential-spray',
  number: 41,
  atMost: 2,
  description: 'A leaked list of keys is tried one after the other from one machine, one call each.',
  family: 'scraping',
  alsoFamilies: ['replay'],
  group: 'distributed',
  fits,
  plan(stage, target, startMs) {
    const { random } = stage;
    const robot = thief(stage, target, startMs, { client: 'tool' });
    const members = companions(stage, target, startMs, integer(random, 11, 60));
    return {
      activities: members.flatMap((member, i) => {
        const operation = mainItem(member);
        if (operation === null) return [];
        const times = [startMs + i * 2_000, startMs + i * 2_000 + minuteMs / 60];
        const place: Slot = { ...robot };
        return [
          reads(stage, member, operation, times, place, (_, at) => foreignObject(stage, member, at), 0.2),
        ];
      }),
    };
  },
};
