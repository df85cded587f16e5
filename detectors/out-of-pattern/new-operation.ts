import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, route, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'new-operation',
  family: 'out-of-pattern',
  summary:
    'A credential uses routes, methods or scopes that it has never used, or many more of them than usual.',
  attack: ['T1580', 'T1526', 'T1078'],
  owasp: ['API5:2023', 'NHI5:2025'],
  runbook:
    'Read the new routes: administrative or export routes are an attack until explained; one new read route is probably a release.',
  actions: [
    'Ask the owner whether a new version was released.',
    'Remove the scopes that were never needed.',
    'Rotate the credential if unexplained.',
  ],
  needs: ['credentialId', 'route'],
  state: {
    bits: hourly(),
    routes: hourly(),
    newRoutes: hourly(),
    scopeBits: hourly(),
  },
  features: [
    {
      name: 'route-bits',
      about: 'route',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `operations it has never used: ${o} bits of surprise; ${e} expected`,
    },
    {
      name: 'routes',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} different operations in one hour; ${e} expected`,
    },
    {
      name: 'new-routes',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} operations used for the first time; ${e} expected`,
    },
    {
      name: 'scope-bits',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `scopes or audiences it has never used: ${o} bits of surprise; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const { route: operation, scopes } = seen;
    out.set(0, state.bits + operation.bits);
    const routes = state.routes + (operation.firstThisHour ? 1 : 0);
    // Every hour has one at least, unless the gateway does not log it.
    out.set(1, routes === 0 ? notMeasured : routes);
    out.set(2, state.newRoutes + (operation.unseen && operation.firstThisHour ? 1 : 0));
    out.set(3, state.scopeBits + scopes.bits);
  },
  learn(_event, state, { route: operation, scopes }) {
    state.bits += operation.bits;
    if (operation.firstThisHour) state.routes += 1;
    if (operation.unseen && operation.firstThisHour) state.newRoutes += 1;
    state.scopeBits += scopes.bits;
  },
  misses: [
    {
      limit: "A thief who stays with the owner's own routes.",
      name: "a thief who uses the owner's routes",
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => route(n % 4),
          requests: 12,
          overMinutes: 30,
          fields: (n) => route(n % 4),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A release of the client that calls a new endpoint.',
      name: 'a release calls six new endpoints',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => route(n % 4),
          requests: 12,
          overMinutes: 30,
          fields: (n) => route(20 + (n % 6)),
        }),
    },
    {
      limit: 'Rare administrative work.',
      name: 'rare administrative work',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => route(n % 4),
          requests: 3,
          overMinutes: 30,
          fields: (n) => route(50 + n),
        }),
    },
  ],
  examples: [
    {
      name: 'four routes, always the same',
      events: () => steady({ days: 6, perHour: 12, change: (n) => route(n % 4) }),
      expect: 'silence',
    },
    {
      name: 'twelve routes it has never used',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: (n) => route(n % 4),
          requests: 12,
          overMinutes: 30,
          fields: (n) => ({
            route: `POST /admin/${n}`,
            path: `/admin/${n}`,
            method: 'POST',
            objectId: null,
            objectNumber: null,
          }),
        }),
      expect: 'finding',
    },
    {
      name: 'a scope it was granted and never used',
      events: () =>
        burst({
          days: 6,
          perHour: 12,
          change: () => ({ tokenScopes: ['orders:read'] }),
          requests: 2,
          overMinutes: 5,
          fields: () => ({ tokenScopes: ['orders:read', 'users:admin'] }),
        }),
      expect: 'finding',
    },
  ],
});
