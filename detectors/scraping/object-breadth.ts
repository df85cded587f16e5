import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { fading, hourly } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'object-breadth',
  family: 'scraping',
  summary: 'A credential reads far more different objects, and objects new to it, than it usually does.',
  attack: ['T1213', 'T1119', 'T1530'],
  owasp: ['API6:2023', 'API1:2023'],
  runbook:
    'See whether the objects form a catalogue (all orders, all users) and whether the owner runs an export; if not, rate-limit now.',
  actions: [
    'Rate-limit the credential on the routes named.',
    'Ask the owner about an export or migration.',
    'Rotate it if unexplained.',
  ],
  needs: ['credentialId', 'objectId'],
  state: {
    newObjects: hourly(),
    distinct: hourly(),
    asked: hourly(),
    newDay: fading(24),
    newDays: fading(120),
  },
  features: [
    {
      name: 'new-objects',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} objects it had never touched in one hour; ${e} expected`,
    },
    {
      name: 'distinct-share',
      scale: 'linear',
      shape: 'level',
      unit: 'share',
      text: (o, e) => `${o} of its requests went to another object each; ${e} expected`,
    },
    {
      name: 'new-objects-day',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['new-objects'],
      text: (o, e) => `${o} objects it had never touched in about a day; ${e} expected`,
    },
    {
      name: 'new-objects-days',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['new-objects'],
      text: (o, e) => `${o} objects it had never touched in about five days; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const news = seen.objectIsNew ? 1 : 0;
    const distinct = state.distinct + (seen.objectFirstThisHour ? 1 : 0);
    const asked = state.asked + (seen.hasObject ? 1 : 0);
    out.set(0, state.newObjects + news);
    // Approached from below: the first request of every hour goes to a distinct object.
    out.set(1, asked === 0 ? notMeasured : distinct / (asked + 4));
    out.set(2, state.newDay + news);
    out.set(3, state.newDays + news);
  },
  learn(_event, state, seen) {
    if (!seen.hasObject) return;
    state.asked += 1;
    if (seen.objectFirstThisHour) state.distinct += 1;
    if (!seen.objectIsNew) return;
    state.newObjects += 1;
    state.newDay += 1;
    state.newDays += 1;
  },
  misses: [
    {
      limit: 'A scraper who reads no more new objects an hour than the owner always has.',
      name: "a slow scrape below the owner's own appetite",
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          change: (n) => scraped(n),
          requests: 10,
          overMinutes: 50,
          fields: (n) => scraped(900_000 + n),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A re-indexing or migration job.',
      name: 'a migration reads every order once',
      events: () => burst({ days: 6, perHour: 30, requests: 400, overMinutes: 55, fields: scraped }),
    },
    {
      limit: 'A new customer whose data is read for the first time.',
      name: 'the data of a new customer is read for the first time',
      events: () =>
        burst({ days: 6, perHour: 30, requests: 150, overMinutes: 50, fields: (n) => scraped(10_000 + n) }),
    },
  ],
  examples: [
    {
      name: 'forty objects of its own, again and again',
      events: () => steady({ days: 6, perHour: 30 }),
      expect: 'silence',
    },
    {
      name: 'two hundred objects never touched before',
      events: () => burst({ days: 6, perHour: 30, requests: 200, overMinutes: 40, fields: scraped }),
      expect: 'finding',
    },
    {
      name: 'a crawler by trade reads new objects every hour',
      events: () => steady({ days: 6, perHour: 30, change: (n) => scraped(n) }),
      expect: 'silence',
    },
  ],
});

function scraped(n: number) {
  const id = 500_000 + n * 7;
  return { path: `/orders/${id}`, objectId: `${id}`, objectNumber: id };
}
