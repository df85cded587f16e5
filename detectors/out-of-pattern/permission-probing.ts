import { behavioural } from '../../src/engine/detector.ts';
import { fading, hourly, list } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

/** Routes refused in the running hour, as bits of a small map: two routes may share a bit. */
const mapWords = 4;

export default behavioural({
  id: 'permission-probing',
  family: 'out-of-pattern',
  summary: 'A credential tries what it is not allowed to do, on many routes, until something opens.',
  attack: ['T1069.003', 'T1526', 'T1580'],
  owasp: ['API5:2023', 'NHI5:2025'],
  runbook:
    'Many different routes refused is probing; one route refused over and over is a broken permission. A success after refusals comes first.',
  actions: [
    'If something opened after refusals, revoke the credential now.',
    'Remove permissions it has and does not use.',
    'Ask the owner.',
  ],
  needs: ['credentialId', 'status'],
  state: {
    denied: hourly(),
    routes: hourly(),
    opened: hourly(),
    day: fading(24),
    refused: list(mapWords, 'u32', 'hourly'),
  },
  features: [
    {
      name: 'denied',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} calls refused in one hour; ${e} expected`,
    },
    {
      name: 'denied-routes',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `refused on ${o} different operations; ${e} expected`,
    },
    {
      name: 'denied-day',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['denied', 'opened-after-refusal'],
      text: (o, e) => `${o} calls refused in about a day; ${e} expected`,
    },
    {
      name: 'opened-after-refusal',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} calls succeeded on operations refused before in the hour; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const denied = seen.denied ? 1 : 0;
    const word = (seen.route.hash >>> 5) % mapWords;
    const marked = (state.refused.get(word) & (1 << (seen.route.hash & 31))) !== 0;
    out.set(0, state.denied + denied);
    out.set(1, state.routes + (seen.denied && !marked ? 1 : 0));
    out.set(2, state.day + denied);
    out.set(3, state.opened + (seen.success && marked ? 1 : 0));
  },
  learn(_event, state, seen) {
    const word = (seen.route.hash >>> 5) % mapWords;
    const bit = 1 << (seen.route.hash & 31);
    const map = state.refused.get(word);
    if (seen.success && (map & bit) !== 0) state.opened += 1;
    if (!seen.denied) return;
    state.denied += 1;
    state.day += 1;
    if ((map & bit) !== 0) return;
    state.routes += 1;
    state.refused.set(word, (map | bit) >>> 0);
  },
  misses: [
    {
      limit: 'A thief who knows what the credential may do and never hits a refusal.',
      name: 'forty calls, all allowed',
      events: () => burst({ days: 6, perHour: 12, requests: 40, overMinutes: 20 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A change of permissions that takes away what a client still uses.',
      name: 'a permission was taken away from a client that still uses it',
      events: () => burst({ days: 6, perHour: 12, requests: 30, overMinutes: 50, fields: () => refusal(1) }),
    },
    {
      limit: 'An expired token that a client keeps sending.',
      name: 'a client keeps sending an expired token',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 40,
          overMinutes: 55,
          fields: () => ({ status: 401, outcome: 'failure' }),
        }),
    },
  ],
  examples: [
    {
      name: 'one refusal a day',
      events: () => steady({ days: 6, perHour: 12, change: (n) => (n % 288 === 9 ? refusal(n) : {}) }),
      expect: 'silence',
    },
    {
      name: 'forty operations refused',
      events: () => burst({ days: 6, perHour: 12, requests: 40, overMinutes: 20, fields: refusal }),
      expect: 'finding',
    },
    {
      name: 'a refused operation opens',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          requests: 12,
          overMinutes: 10,
          fields: (n) => (n < 8 ? refusal(0) : { ...refusal(0), status: 200, outcome: 'success' }),
        }),
      expect: 'finding',
    },
  ],
});

function refusal(n: number) {
  return {
    route: `GET /reports/${n % 40}`,
    path: `/reports/${n % 40}`,
    objectId: null,
    objectNumber: null,
    status: 403,
    outcome: 'failure',
  } as const;
}
