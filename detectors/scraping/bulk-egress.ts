import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'bulk-egress',
  family: 'scraping',
  summary: 'A credential takes out far more data than usual: in all, for each request, or for each object.',
  attack: ['T1567', 'T1530'],
  owasp: ['API6:2023', 'API3:2023', 'API4:2023'],
  runbook:
    'Compare the size of responses with those of other credentials on the same route: one growing is a query changed, all growing is a release.',
  actions: [
    'Rate-limit responses by bytes.',
    'Ask the owner what was exported.',
    'Keep the access log of that hour.',
  ],
  needs: ['credentialId', 'responseBytes'],
  state: { bytes: hourly(), objectBytes: hourly(), sized: hourly(), objects: hourly() },
  features: [
    {
      name: 'bytes',
      scale: 'log1p',
      shape: 'total',
      unit: 'bytes',
      text: (o, e) => `${o} taken out in one hour; ${e} expected`,
    },
    {
      name: 'bytes-per-request',
      scale: 'log1p',
      shape: 'level',
      unit: 'bytes',
      text: (o, e) => `${o} for each request; ${e} expected`,
    },
    {
      name: 'bytes-per-object',
      scale: 'log1p',
      shape: 'level',
      unit: 'bytes',
      text: (o, e) => `${o} for each object asked for; ${e} expected`,
    },
    {
      name: 'bytes-rank',
      scale: 'rank',
      rankOf: 'bytes',
      shape: 'total',
      unit: 'bytes',
      text: (o, e) => `${o} taken out in one hour, more than nearly all of its kind take; ${e} expected`,
    },
  ],
  score(event, state, seen, out) {
    const bytes = event.responseBytes ?? 0;
    const sized = state.sized + (event.responseBytes === null ? 0 : 1);
    const taken = sized === 0 ? notMeasured : state.bytes + bytes;
    out.set(0, taken);
    out.set(3, taken);
    // A few more than there were: one large answer early in the hour is not yet an average.
    out.set(1, sized === 0 ? notMeasured : (state.bytes + bytes) / (sized + 3));
    const objectBytes = state.objectBytes + (seen.hasObject ? bytes : 0);
    const objects = state.objects + (seen.objectFirstThisHour && event.responseBytes !== null ? 1 : 0);
    out.set(2, objects === 0 ? notMeasured : objectBytes / (objects + 3));
  },
  learn(event, state, seen) {
    const bytes = event.responseBytes;
    if (bytes === null) return;
    state.bytes += bytes;
    state.sized += 1;
    if (seen.hasObject) state.objectBytes += bytes;
    if (seen.objectFirstThisHour) state.objects += 1;
  },
  misses: [
    {
      limit: "Small takings that add up below the owner's usual hour.",
      name: "half the owner's hour taken by somebody else",
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 6,
          overMinutes: 30,
          fields: (n) => ({ objectId: `${1000 + n}`, objectNumber: 1000 + n }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A report at the end of the month.',
      name: 'the report at the end of the month',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 2,
          overMinutes: 10,
          fields: () => ({ responseBytes: 90_000_000 }),
        }),
    },
    {
      limit: 'A release that makes responses larger.',
      name: 'a release makes every response ten times as large',
      events: () =>
        steady({ days: 6, perHour: 12, change: (n) => ({ responseBytes: n < 5.9 * 24 * 12 ? 900 : 9_000 }) }),
    },
  ],
  examples: [
    {
      name: 'responses of about the same size',
      events: () =>
        steady({ days: 6, perHour: 12, change: (n) => ({ responseBytes: 800 + ((n * 37) % 300) }) }),
      expect: 'silence',
    },
    {
      name: 'twelve exports of forty megabytes',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 12,
          overMinutes: 30,
          fields: () => ({ responseBytes: 40_000_000 }),
        }),
      expect: 'finding',
    },
    {
      name: 'as many requests as ever, each twenty times as large',
      events: () =>
        steady({
          days: 6,
          perHour: 12,
          change: (n) => ({ responseBytes: n < 5.9 * 24 * 12 ? 900 : 18_000 }),
        }),
      expect: 'finding',
    },
  ],
});
