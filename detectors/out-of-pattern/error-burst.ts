import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { fading, hourly } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'error-burst',
  family: 'out-of-pattern',
  summary: "A credential's calls go wrong by the caller's fault (not found, malformed) far more than usual.",
  attack: ['T1595.003', 'T1119'],
  owasp: ['API8:2023', 'API1:2023'],
  runbook:
    'Read the paths that failed: guesses (many different ids or words) are probing; one path over and over is a bug.',
  actions: [
    'If it is a bug, tell the owner.',
    'If it is guessing, rate-limit failing calls of this credential.',
  ],
  needs: ['credentialId', 'status'],
  state: { errors: hourly(), answered: hourly(), day: fading(24) },
  features: [
    {
      name: 'client-errors',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} calls failed by the caller's fault; ${e} expected`,
    },
    {
      name: 'client-error-share',
      scale: 'linear',
      shape: 'level',
      unit: 'share',
      text: (o, e) => `${o} of its calls failed by the caller's fault; ${e} expected`,
    },
    {
      name: 'client-errors-day',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['client-errors'],
      text: (o, e) => `${o} calls failed by the caller's fault in about a day; ${e} expected`,
    },
  ],
  score(event, state, seen, out) {
    const error = seen.clientError ? 1 : 0;
    out.set(0, state.errors + error);
    const answered = state.answered + (event.status === null ? 0 : 1);
    out.set(1, answered === 0 ? notMeasured : (state.errors + error) / (answered + 3));
    out.set(2, state.day + error);
  },
  learn(event, state, seen) {
    if (event.status !== null) state.answered += 1;
    if (!seen.clientError) return;
    state.errors += 1;
    state.day += 1;
  },
  misses: [
    {
      limit: 'Guessing on an API that answers 200 for everything.',
      name: 'an API that answers 200 to every guess',
      events: () => burst({ days: 6, perHour: 30, requests: 60, overMinutes: 20 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A broken release of the client.',
      name: 'a release that sends malformed bodies',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          requests: 40,
          overMinutes: 40,
          fields: () => ({ status: 422, outcome: 'failure', method: 'POST' }),
        }),
    },
    {
      limit: 'Objects deleted while a client still asks for them.',
      name: 'objects were deleted and a client still asks for them',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          requests: 50,
          overMinutes: 55,
          fields: (n) => ({ ...notFound, status: 410, objectId: `${1000 + (n % 40)}` }),
        }),
    },
  ],
  examples: [
    {
      name: 'one call in thirty fails',
      events: () => steady({ days: 6, perHour: 30, change: (n) => (n % 30 === 7 ? notFound : {}) }),
      expect: 'silence',
    },
    {
      name: 'sixty calls to objects that do not exist',
      events: () => burst({ days: 6, perHour: 30, requests: 60, overMinutes: 20, fields: () => notFound }),
      expect: 'finding',
    },
    {
      name: "an outage of the API is not the caller's fault",
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          requests: 15,
          overMinutes: 30,
          fields: () => ({ status: 503, outcome: 'failure' }),
        }),
      expect: 'silence',
    },
  ],
});

const notFound = { status: 404, outcome: 'failure' } as const;
