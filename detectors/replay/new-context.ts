import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import type { Seen } from '../../src/engine/seen.ts';
import { burst, call, endOf, steady, steadyOf } from '../examples/streams.ts';
import { thief } from '../examples/takeovers.ts';

/** Of a place that is new as a whole, one network is the news. */
function networkBits({ network, place }: Seen): number {
  return place.bits + (place.unseen && !place.firstThisHour ? 0 : network.bits);
}

/** Every hour has one at least, unless the gateway does not log it. */
function logged(values: number): number {
  return values === 0 ? notMeasured : values;
}

export default behavioural({
  id: 'new-context',
  family: 'replay',
  summary:
    'A credential is used from a network or client it has never been used from, and put to work there.',
  attack: ['T1550.001', 'T1528', 'T1078.004'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook:
    'Look at the new network and client: whose are they, and did the old ones fall silent at that moment? If both go on, treat it as stolen.',
  actions: [
    'Ask the owner whether the new network or client is theirs.',
    'Rotate the credential if nobody claims it.',
    'Restrict the credential to the known networks at the gateway.',
  ],
  needs: ['credentialId', ['clientAddress', 'userAgent', 'ja4']],
  state: {
    networkBits: hourly(),
    clientBits: hourly(),
    networks: hourly(),
    clients: hourly(),
    fromFreshNetwork: hourly(),
    fromFreshContext: hourly(),
    oldObjects: hourly(),
    foreignObjects: hourly(),
  },
  features: [
    {
      name: 'network-bits',
      about: 'network',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `networks it was never used from: ${o} bits of surprise; ${e} expected`,
    },
    {
      name: 'client-bits',
      about: 'client',
      scale: 'linear',
      shape: 'total',
      unit: 'bits',
      text: (o, e) => `clients it was never used by: ${o} bits of surprise; ${e} expected`,
    },
    {
      name: 'networks',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} networks in one hour; ${e} expected`,
    },
    {
      name: 'clients',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} clients in one hour; ${e} expected`,
    },
    {
      name: 'requests-from-fresh-network',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests from networks less than a day old; ${e} expected`,
    },
    {
      name: 'requests-from-fresh-context',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} requests from a provider or client less than a day old; ${e} expected`,
    },
    {
      name: 'own-objects-from-fresh-context',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} objects it knew already, asked for from a new provider or client; ${e} expected`,
    },
    {
      name: 'foreign-objects-from-fresh-context',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) =>
        `${o} objects of other credentials, asked for from a new provider or client; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const fresh = seen.fromFreshContext;
    const first = fresh && seen.hasObject && seen.objectFirstThisHour;
    out.set(0, state.networkBits + networkBits(seen));
    out.set(1, state.clientBits + seen.client.bits);
    out.set(2, logged(state.networks + (seen.network.firstThisHour ? 1 : 0)));
    out.set(3, logged(state.clients + (seen.client.firstThisHour ? 1 : 0)));
    out.set(4, state.fromFreshNetwork + (seen.network.fresh ? 1 : 0));
    out.set(5, state.fromFreshContext + (fresh ? 1 : 0));
    out.set(6, state.oldObjects + (first && !seen.objectIsNew ? 1 : 0));
    out.set(7, state.foreignObjects + (first && seen.objectIsForeign ? 1 : 0));
  },
  learn(_event, state, seen) {
    state.networkBits += networkBits(seen);
    state.clientBits += seen.client.bits;
    if (seen.network.firstThisHour) state.networks += 1;
    if (seen.client.firstThisHour) state.clients += 1;
    if (seen.network.fresh) state.fromFreshNetwork += 1;
    if (!seen.fromFreshContext) return;
    state.fromFreshContext += 1;
    if (!seen.hasObject || !seen.objectFirstThisHour) return;
    if (!seen.objectIsNew) state.oldObjects += 1;
    if (seen.objectIsForeign) state.foreignObjects += 1;
  },
  misses: [
    {
      limit: "A thief behind the owner's own network who copies the owner's client.",
      name: "a thief behind the owner's network with the owner's client",
      events: () => burst({ days: 6, perHour: 6, requests: 3, overMinutes: 20 }),
    },
  ],
  falsePositives: [
    {
      limit: 'A new deployment, region or office that nobody announced.',
      name: 'the job moves to a new region overnight',
      events: function* () {
        const habit = { days: 6, perHour: 6 };
        yield* steady(habit);
        for (let n = 0; n < 12; n += 1) {
          yield call(endOf(habit) + n * 600_000, {
            clientAddress: '192.0.2.80',
            clientAsn: 64777,
            clientCountry: 'IE',
          });
        }
      },
    },
    {
      limit: 'A first use from an unfamiliar provider by a travelling owner.',
      name: 'the owner travels and works through a hotel',
      events: () =>
        burst({
          days: 6,
          perHour: 6,
          requests: 8,
          overMinutes: 50,
          fields: () => ({ clientAddress: '192.0.2.99', clientAsn: 64888, clientCountry: 'IT' }),
        }),
    },
  ],
  examples: [
    { name: 'one office, one client', events: () => steady({ days: 6, perHour: 6 }), expect: 'silence' },
    {
      name: 'twelve requests from another provider with another client',
      events: () => burst({ days: 6, perHour: 6, requests: 12, overMinutes: 20, fields: thief }),
      expect: 'finding',
    },
    {
      name: 'six requests from another provider with the same client',
      events: () =>
        burst({
          days: 6,
          perHour: 6,
          requests: 6,
          overMinutes: 20,
          fields: () => ({ clientAddress: '203.0.113.9', clientAsn: 64999 }),
        }),
      expect: 'finding',
    },
    {
      name: 'a fleet that changes its address inside its own network every hour',
      events: () =>
        steady({ days: 6, perHour: 6, change: (n) => ({ clientAddress: `198.51.100.${1 + (n % 200)}` }) }),
      expect: 'silence',
    },
    {
      name: 'a credential of another owner used from elsewhere says nothing about this one',
      events: function* () {
        yield* steadyOf('key-2', { days: 6, perHour: 6, change: thief });
        yield* steady({ days: 6, perHour: 6 });
      },
      expect: 'silence',
    },
  ],
});
