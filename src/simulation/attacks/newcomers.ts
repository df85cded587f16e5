import type { Slot } from '../credential.ts';
import { chance, integer, logUniform, pick, sample, uniform } from '../distributions.ts';
import { createCredential } from '../new-credential.ts';
import type { Scenario } from '../scenario.ts';
import { callsOf, ofPerson, timesOf } from '../sitting.ts';
import { plainCall } from '../traffic.ts';
import { minuteMs, scattered, strong, thief } from './kit.ts';

export const scriptedSession: Scenario<'scripted-session'> = {
  id: 'scripted-session',
  number: 47,
  description: 'A new session of a web application is driven by a script from its first call on.',
  family: 'out-of-pattern',
  alsoFamilies: ['scraping'],
  group: 'newcomer',
  fits: (target) => target.kind === 'person' && target.api.style !== 'cloud',
  plan(stage, target, startMs) {
    const { fleet, random } = stage;
    const visitor = createCredential(fleet, random, fleet.credentials.length, startMs, {
      kind: 'person',
      type: 'session',
      api: target.api,
      gateway: target.gateway,
    });
    const person = ofPerson(random);
    const script = {
      actions: Math.max(8, strong(stage, Math.round(logUniform(random, 15, 120)))),
      medianPauseMs: Math.min(8_000, person.medianPauseMs) * uniform(random, 0.15, 0.6),
      pauseSpread: uniform(random, 0.1, 0.9),
    };
    const place = pick(random, visitor.slots) as Slot;
    return { activities: [callsOf(fleet, random, visitor, place, timesOf(random, script, startMs))] };
  },
};

export const temporaryKeyAbuse: Scenario<'temporary-key-abuse'> = {
  id: 'temporary-key-abuse',
  number: 48,
  description: "A key nobody has seen before is used at once for administrators' work, much of it refused.",
  family: 'out-of-pattern',
  alsoFamilies: ['replay'],
  group: 'newcomer',
  fits: (target) => target.api.admin.length >= 3 && target.kind !== 'person',
  plan(stage, target, startMs) {
    const { fleet, random } = stage;
    const key = createCredential(fleet, random, fleet.credentials.length, startMs, {
      kind: target.kind,
      type: target.type,
      api: target.api,
      gateway: target.gateway,
      consumer: target.consumer,
    });
    const place = chance(random, 0.5)
      ? { ...(target.slots[0] as Slot), token: null, template: null }
      : thief(stage, target, startMs, { client: chance(random, 0.5) ? 'tool' : 'other' });
    const work = [
      ...sample(random, target.api.admin, integer(random, 1, 6)),
      ...sample(random, target.api.operations, integer(random, 0, 3)),
    ];
    const refused = uniform(random, 0, 1);
    const count = chance(random, 0.25) ? integer(random, 1, 4) : Math.round(logUniform(random, 5, 40));
    const times = scattered(random, startMs, uniform(random, 1, 30) * minuteMs, strong(stage, count));
    return {
      activities: [
        {
          target: key,
          times,
          make: () =>
            plainCall(random, place, pick(random, work), -1, -1, random.next() < refused ? 403 : 200, 1),
        },
      ],
    };
  },
};
