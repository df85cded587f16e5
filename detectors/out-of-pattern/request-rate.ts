import { behavioural } from '../../src/engine/detector.ts';
import { fading, hourly } from '../../src/engine/record-layout.ts';
import { settledSum } from '../../src/stats/decayed-sum.ts';
import { burst, steady } from '../examples/streams.ts';

const fiveMinutesS = 300;
const dayHours = 24;
const daysHours = 120;

export default behavioural({
  id: 'request-rate',
  family: 'out-of-pattern',
  summary: 'A credential is used far more than its own habit, in five minutes, an hour, a day or five days.',
  attack: ['T1550.001'],
  owasp: ['API4:2023', 'NHI2:2025'],
  runbook:
    'Compare networks, clients and operations of the surplus with the usual ones; if they differ, revoke.',
  actions: [
    'Ask the owner whether a job was started.',
    'Rate-limit the credential at the gateway until answered.',
  ],
  needs: ['credentialId'],
  state: {
    requests: hourly(),
    slot: hourly('u32'),
    inSlot: hourly(),
    busiest: hourly(),
    lastDay: fading(dayHours),
    lastDays: fading(daysHours),
  },
  features: [
    {
      name: 'requests',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests in one hour; ${e} expected`,
    },
    {
      name: 'busiest-five-minutes',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests in its busiest five minutes; ${e} expected`,
    },
    {
      name: 'requests-day',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests a day at its present pace; ${e} expected`,
    },
    {
      name: 'requests-days',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests in five days at its present pace; ${e} expected`,
    },
    {
      name: 'rate-rank',
      scale: 'rank',
      rankOf: 'busiest-five-minutes',
      shape: 'total',
      text: (o, e) => `${o} requests in five minutes, more than nearly all of its kind make; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const slot = Math.floor(seen.timeS / fiveMinutesS);
    const inSlot = slot === state.slot ? state.inSlot + 1 : 1;
    out.set(0, state.requests + 1);
    out.set(1, Math.max(state.busiest, inSlot));
    out.set(2, settledSum(state.lastDay + 1, seen.ageHours, dayHours));
    out.set(3, settledSum(state.lastDays + 1, seen.ageHours, daysHours));
    out.set(4, Math.max(state.busiest, inSlot));
  },
  learn(_event, state, seen) {
    const slot = Math.floor(seen.timeS / fiveMinutesS);
    state.inSlot = slot === state.slot ? state.inSlot + 1 : 1;
    state.slot = slot;
    state.busiest = Math.max(state.busiest, state.inSlot);
    state.requests += 1;
    state.lastDay += 1;
    state.lastDays += 1;
  },
  misses: [
    {
      limit: "A thief who stays below the owner's usual traffic.",
      name: "a thief who adds a tenth to the owner's traffic",
      events: () => burst({ days: 6, perHour: 12, requests: 2, overMinutes: 50 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A backfill or load test that nobody announced.',
      name: 'a backfill that nobody announced',
      events: () => burst({ days: 6, perHour: 12, requests: 600, overMinutes: 55 }),
    },
    {
      limit: 'A retry storm after an outage.',
      name: 'a retry storm after an outage',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 300,
          overMinutes: 10,
          fields: () => ({ status: 503, outcome: 'failure' }),
        }),
    },
  ],
  examples: [
    { name: 'the same traffic every day', events: () => steady({ days: 6, perHour: 12 }), expect: 'silence' },
    {
      name: 'fifteen times the traffic for half an hour',
      events: () => burst({ days: 6, perHour: 12, requests: 180, overMinutes: 30 }),
      expect: 'finding',
    },
  ],
});
