import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { fading, hourly } from '../../src/engine/record-layout.ts';
import { owners } from '../examples/fleets.ts';
import { steady, steadyOf } from '../examples/streams.ts';

export default behavioural({
  id: 'foreign-objects',
  family: 'scraping',
  summary:
    'A credential reaches objects that other credentials were using: broken object-level authorisation at work.',
  attack: ['T1213', 'T1530'],
  owasp: ['API1:2023', 'NHI5:2025'],
  runbook:
    'Check whether the objects belong to other tenants. If they do and the calls succeeded, it is a data breach, not an anomaly.',
  actions: [
    'Block the credential.',
    'List the objects it got and whose they are.',
    'Fix the missing ownership check on the route.',
  ],
  needs: ['credentialId', 'objectId'],
  state: { foreign: hourly(), asked: hourly(), day: fading(24), days: fading(120) },
  features: [
    {
      name: 'foreign-objects',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} objects last used by other credentials in one hour; ${e} expected`,
    },
    {
      name: 'foreign-share',
      scale: 'linear',
      shape: 'level',
      unit: 'share',
      text: (o, e) => `${o} of its requests went to objects of other credentials; ${e} expected`,
    },
    {
      name: 'foreign-objects-day',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['foreign-objects'],
      text: (o, e) => `${o} objects of other credentials in about a day; ${e} expected`,
    },
    {
      name: 'foreign-objects-days',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['foreign-objects'],
      text: (o, e) => `${o} objects of other credentials in about five days; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const foreign = seen.objectIsForeign && seen.objectFirstThisHour ? 1 : 0;
    out.set(0, state.foreign + foreign);
    const asked = state.asked + (seen.hasObject ? 1 : 0);
    out.set(1, asked === 0 ? notMeasured : (state.foreign + foreign) / (asked + 3));
    out.set(2, state.day + foreign);
    out.set(3, state.days + foreign);
  },
  learn(_event, state, seen) {
    if (!seen.hasObject) return;
    state.asked += 1;
    if (!seen.objectIsForeign || !seen.objectFirstThisHour) return;
    state.foreign += 1;
    state.day += 1;
    state.days += 1;
  },
  misses: [
    {
      limit: 'Objects nobody touched within eight days: they have no other owner to be taken from.',
      name: 'thirty objects that nobody has used lately',
      events: () => owners({ days: 6, perHour: 12, takes: 30, from: 90_000 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A support or admin tool that starts to look after more customers.',
      name: 'a support tool is given a second customer',
      events: () => owners({ days: 6, perHour: 12, takes: 20 }),
    },
    {
      limit: 'A reassignment of accounts between teams.',
      name: 'a team hands forty accounts over to another',
      events: () => owners({ days: 6, perHour: 12, takes: 40 }),
    },
  ],
  examples: [
    {
      name: 'two credentials with objects of their own',
      events: () => owners({ days: 6, perHour: 12, takes: 0 }),
      expect: 'silence',
    },
    {
      name: 'thirty objects of another credential',
      events: () => owners({ days: 6, perHour: 12, takes: 30 }),
      expect: 'finding',
    },
    {
      name: 'a shared catalogue belongs to nobody',
      events: function* () {
        yield* steadyOf('key-2', { days: 6, perHour: 12 }, steady({ days: 6, perHour: 12 }));
      },
      expect: 'silence',
    },
  ],
});
