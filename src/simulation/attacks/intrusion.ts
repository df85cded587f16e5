import type { Credential, Slot } from '../credential.ts';
import { chance, integer, logUniform, pick } from '../distributions.ts';
import { hold } from '../event.ts';
import type { Activity, Plan, Scenario, Stage } from '../scenario.ts';
import { blendIn, collect, type Intruder, isWriting, lookAround, meddle, takeAway } from './errands.ts';
import { elsewhere, heldToken, hourMs, inside, minuteMs, thief, withToken } from './kit.ts';
import { strange } from './probing.ts';

type Errand = (intruder: Intruder, startMs: number) => Activity;

/** Some know what they do; the others learn it by what is refused. */
function mistakesOf({ random }: Stage): number {
  return chance(random, 0.4) ? 0.01 : logUniform(random, 0.03, 0.5);
}

/** A stranger's place, or a few in turn, with tokens of his own or the holder's of the moment. */
function fromOutside(stage: Stage, target: Credential, startMs: number): Intruder {
  const { random } = stage;
  const client = pick(random, ['same', 'same', 'other', 'tool'] as const);
  const network = pick(random, ['hosting', 'hosting', 'isp', 'isp', 'vpn', 'mobile'] as const);
  const first = thief(stage, target, startMs, { network, client });
  const further = chance(random, 0.2) ? integer(random, 2, 12) : 0;
  const places = [
    first,
    ...Array.from({ length: further }, () => {
      const { network } = thief(stage, target, startMs, { network: first.network.kind });
      return elsewhere(stage, network, first.client, startMs);
    }),
  ];
  const stolen = chance(random, 0.4) && target.gateway.logsToken ? heldToken(target, random) : null;
  return {
    stage,
    target,
    mistakes: mistakesOf(stage),
    isInside: false,
    placeAt(timeMs) {
      const place = pick(random, places);
      if (stolen === null || target.tokenLifetimeMs === 0) return withToken(target, place, timeMs, random);
      hold(place, stolen(timeMs));
      return place;
    },
  };
}

/** Malware, a colleague or the holder himself: the place, the program and the token are the usual ones. */
function fromInside(stage: Stage, target: Credential): Intruder {
  return {
    stage,
    target,
    mistakes: mistakesOf(stage),
    isInside: true,
    placeAt: (timeMs): Slot => inside(target, timeMs, stage.random),
  };
}

/** A look around before, by some, and then what they came for, soon or the next day. */
function plan(intruder: Intruder, startMs: number, errand: Errand): Plan {
  const { random } = intruder.stage;
  if (!chance(random, 0.5)) return { activities: [errand(intruder, startMs)] };
  const look = lookAround(intruder, startMs);
  const lookedMs = look.times.at(-1) ?? startMs;
  return { activities: [look, errand(intruder, lookedMs + logUniform(random, minuteMs, 20 * hourMs))] };
}

const shared = { group: 'intrusion', fits: () => true } as const;

export const intrusionCollect: Scenario<'intrusion-collect'> = {
  ...shared,
  id: 'intrusion-collect',
  number: 49,
  description:
    'An intruder from elsewhere looks around, errs, and takes what there is: objects, listings, exports.',
  family: 'replay',
  alsoFamilies: ['scraping', 'out-of-pattern'],
  plan(stage, target, startMs) {
    const errand = chance(stage.random, 0.8) ? collect : takeAway;
    return plan(fromOutside(stage, target, startMs), startMs, errand);
  },
};

export const intrusionMeddle: Scenario<'intrusion-meddle'> = {
  ...shared,
  id: 'intrusion-meddle',
  number: 50,
  description: 'An intruder from elsewhere changes, deletes, grants and creates.',
  family: 'replay',
  alsoFamilies: ['out-of-pattern'],
  plan(stage, target, startMs) {
    return plan(fromOutside(stage, target, startMs), startMs, meddle);
  },
};

export const intrusionBlendIn: Scenario<'intrusion-blend-in'> = {
  ...shared,
  id: 'intrusion-blend-in',
  number: 51,
  description:
    "An intruder from elsewhere does the holder's work for hours or days, with a look at other things.",
  family: 'replay',
  alsoFamilies: ['out-of-pattern'],
  plan(stage, target, startMs) {
    return plan(fromOutside(stage, target, startMs), startMs, blendIn);
  },
};

export const insiderCollect: Scenario<'insider-collect'> = {
  ...shared,
  id: 'insider-collect',
  number: 52,
  description: "From the holder's own place and program: objects, listings and exports beyond the work.",
  family: 'scraping',
  alsoFamilies: ['out-of-pattern'],
  fits: ({ operations, api, gateway }) =>
    (gateway.logsObject && operations.some(({ shape, resource }) => shape === 'item' && resource !== null)) ||
    api.operations.some(({ shape }) => shape === 'list'),
  plan(stage, target, startMs) {
    const errand = chance(stage.random, 0.8) || !target.gateway.logsBytes ? collect : takeAway;
    return plan(fromInside(stage, target), startMs, errand);
  },
};

export const insiderMeddle: Scenario<'insider-meddle'> = {
  ...shared,
  id: 'insider-meddle',
  number: 53,
  description: "From the holder's own place and program: changes, deletions, grants that are not its work.",
  family: 'out-of-pattern',
  fits: ({ operations, api }) => strange(operations, [...api.operations, ...api.admin]).some(isWriting),
  plan(stage, target, startMs) {
    return plan(fromInside(stage, target), startMs, meddle);
  },
};
