import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { afterSilence } from '../examples/rhythms.ts';
import { call, endOf, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'dormant-use',
  family: 'out-of-pattern',
  summary: 'A credential is used again after a silence far longer than its own pauses.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI1:2025', 'NHI7:2025'],
  runbook:
    'Find out whether the workload behind it still exists. If it was retired, the credential should have been too.',
  actions: [
    'Disable the credential if its workload is retired.',
    'Otherwise ask the owner why it woke.',
    'Rotate it.',
  ],
  needs: ['credentialId'],
  state: { bits: hourly() },
  features: [
    {
      name: 'gap-bits',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `used after a long silence: ${o} bits against its own pauses; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    out.set(0, Math.max(state.bits, seen.gapBits));
  },
  learn(_event, state, seen) {
    if (seen.gapBits > state.bits) state.bits = seen.gapBits;
  },
  misses: [
    {
      limit: 'A credential whose baseline was dropped after its idle limit: it is then a new one.',
      name: 'silent for longer than baselines are kept',
      events: function* () {
        yield* steady({ days: 6, perHour: 4 });
        // Others go on: the clock of the stream moves, and the idle baseline is dropped.
        for (let day = 0; day < 80; day += 1) {
          yield call(endOf({ days: 6 + day }), { credentialId: 'key-2' });
        }
        for (let n = 0; n < 4; n += 1) yield call(endOf({ days: 86 }) + n * 600_000);
      },
    },
  ],
  falsePositives: [
    {
      limit: 'A job for the end of the quarter.',
      name: 'a job for the end of the quarter',
      events: function* () {
        const dayMs = 86_400_000;
        for (let n = 0; n < 30; n += 1) yield call(endOf({ days: 0 }) + n * 3_600_000);
        for (let n = 0; n < 5; n += 1) yield call(endOf({ days: 0 }) + 50 * dayMs + n * 600_000);
      },
    },
    {
      limit: 'Somebody back from a long leave.',
      name: 'back after five weeks of leave',
      events: () => afterSilence({ days: 10, perHour: 4, silentDays: 35 }),
    },
  ],
  examples: [
    { name: 'used every hour', events: () => steady({ days: 6, perHour: 4 }), expect: 'silence' },
    {
      name: 'silent for forty days',
      events: () => afterSilence({ days: 6, perHour: 4, silentDays: 40 }),
      expect: 'finding',
    },
    {
      name: 'a weekly job comes every week',
      events: function* () {
        for (let week = 0; week < 8; week += 1)
          yield* afterSilence({ days: 0, perHour: 4, silentDays: week * 7 });
      },
      expect: 'silence',
    },
    {
      name: 'a night without use',
      events: () => afterSilence({ days: 6, perHour: 4, silentDays: 0.5 }),
      expect: 'silence',
    },
  ],
});
