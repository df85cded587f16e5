import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { fleet } from '../examples/fleets.ts';
import { steady } from '../examples/streams.ts';

export default behavioural({
  id: 'shared-fingerprint',
  family: 'scraping',
  summary:
    'One client begins to use many credentials within a day: a harvest spread so thin that none of them shows it.',
  attack: ['T1550.001', 'T1119', 'T1078'],
  owasp: ['API6:2023', 'API2:2023', 'NHI2:2025'],
  runbook:
    'Look at the client: if it is a new release of your own library, say so; if nobody knows it, all its credentials are stolen.',
  actions: [
    'Block the client fingerprint at the gateway.',
    'List its credentials and revoke them.',
    'Find where they leaked together.',
  ],
  needs: ['credentialId', ['userAgent', 'ja4']],
  state: { most: hourly() },
  features: [
    {
      name: 'client-new-credentials',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `its client began to use ${o} other credentials within a day; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    // Itself left out: one credential in a new client is the business of new-context.
    out.set(0, Math.max(state.most, seen.clientNewCredentials - 1));
  },
  learn(_event, state, seen) {
    if (seen.clientNewCredentials - 1 > state.most) state.most = seen.clientNewCredentials - 1;
  },
  misses: [
    {
      limit: 'A harvester who gives every credential another user agent and TLS fingerprint.',
      name: 'every credential gets another client',
      events: () =>
        fleet({ credentials: 30, days: 4, lastly: (n) => ({ userAgent: `harvester-${letters(n)}` }) }),
    },
  ],
  falsePositives: [
    {
      limit: 'An upgrade of a client library over a whole fleet.',
      name: 'the library of the whole fleet is replaced',
      events: () =>
        fleet({
          credentials: 30,
          days: 4,
          client: () => 'common-sdk/3.1',
          lastly: () => ({ userAgent: 'next-sdk/1.0' }),
        }),
    },
  ],
  examples: [
    { name: 'one client, one credential', events: () => steady({ days: 6, perHour: 6 }), expect: 'silence' },
    {
      name: 'thirty credentials, each with its own client',
      events: () => fleet({ credentials: 30, days: 4 }),
      expect: 'silence',
    },
    {
      name: 'a client nobody knows takes up thirty credentials',
      events: () => fleet({ credentials: 30, days: 4, lastly: () => ({ userAgent: 'harvester/1.0' }) }),
      expect: 'finding',
    },
    {
      name: 'thirty credentials that have always had one client',
      events: () => fleet({ credentials: 30, days: 4, client: () => 'common-sdk/3.1' }),
      expect: 'silence',
    },
  ],
});

/** Clients are told apart without digits, so that an upgrade is the same client. */
function letters(n: number): string {
  return String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));
}
