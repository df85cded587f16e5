import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { officeHours } from '../examples/rhythms.ts';
import { call, endOf, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'unusual-hour',
  family: 'out-of-pattern',
  summary: 'A credential is used at an hour of the day, on a working day or weekend, at which it never is.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI2:2025', 'NHI10:2025'],
  runbook:
    'Weak alone: people do work at night. Look for what came with it: a new network, new objects, more volume.',
  actions: ['Ask the owner, if something else is unusual too.'],
  needs: ['credentialId'],
  state: { bits: hourly() },
  features: [
    {
      name: 'hour-bits',
      scale: 'linear',
      shape: 'level',
      unit: 'bits',
      text: (o, e) => `used at an unusual hour of the week: ${o} bits of surprise; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    out.set(0, seen.opensHour ? seen.hourBits : state.bits);
  },
  learn(_event, state, seen) {
    if (seen.opensHour) state.bits = seen.hourBits;
  },
  misses: [
    {
      limit: "A thief who keeps the owner's hours.",
      name: "a thief at ten o'clock on a working day",
      events: () =>
        officeHours({ days: 28, night: false, fields: { clientAddress: '203.0.113.9', clientAsn: 64999 } }),
    },
  ],
  falsePositives: [
    {
      limit: 'Work at night before a deadline or during an incident.',
      name: 'the owner works at night once',
      events: () => officeHours({ days: 35, night: true }),
    },
    {
      limit: 'A scheduled job moved to another hour.',
      name: 'a job is moved from the morning to the night',
      events: function* () {
        for (let day = 0; day <= 60; day += 1) {
          const hour = day < 60 ? 9 : 2;
          for (let n = 0; n < 4; n += 1) yield call(endOf({ days: day }) + hour * 3_600_000 + n * 600_000);
        }
      },
    },
  ],
  examples: [
    { name: 'around the clock', events: () => steady({ days: 10, perHour: 4 }), expect: 'silence' },
    {
      name: 'three in the morning after weeks of office hours',
      events: () => officeHours({ days: 28, night: true }),
      expect: 'finding',
    },
    {
      name: 'office hours as ever',
      events: () => officeHours({ days: 28, night: false }),
      expect: 'silence',
    },
  ],
});
