import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { fleet } from '../examples/fleets.ts';
import { burst, steady } from '../examples/streams.ts';

export default behavioural({
  id: 'credential-spray',
  family: 'scraping',
  summary: 'One client tries many credentials and is refused: leaked or guessed keys are being tested.',
  attack: ['T1110.003', 'T1110.004'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook: 'See whether any of the tried credentials was accepted: those are live and in the wrong hands.',
  actions: [
    'Revoke the tried credentials that were accepted.',
    'Block the client fingerprint.',
    'Search for the leak that lists them.',
  ],
  needs: ['credentialId', ['userAgent', 'ja4'], 'status'],
  state: { most: hourly() },
  features: [
    {
      name: 'client-denied-credentials',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `its client was refused with ${o} other credentials in one hour; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    // Itself left out: one credential refused is the business of permission-probing.
    out.set(0, Math.max(state.most, seen.clientDeniedCredentials - 1));
  },
  learn(_event, state, seen) {
    if (seen.clientDeniedCredentials - 1 > state.most) state.most = seen.clientDeniedCredentials - 1;
  },
  misses: [
    {
      limit: 'A tester who changes user agent and TLS fingerprint for every key.',
      name: 'every key is tried by another client',
      events: () =>
        fleet({
          credentials: 26,
          days: 4,
          lastly: (n) => ({ userAgent: `tester-${'abcdefghijklmnopqrstuvwxyz'[n]}`, ...refused }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'An identity outage that refuses every credential of one client library.',
      name: 'the identity provider is down for a fleet with one library',
      events: () =>
        fleet({ credentials: 30, days: 4, client: () => 'common-sdk/3.1', lastly: () => refused }),
    },
  ],
  examples: [
    { name: 'one client, one credential', events: () => steady({ days: 6, perHour: 6 }), expect: 'silence' },
    {
      name: 'thirty credentials tried by one client',
      events: () =>
        fleet({ credentials: 30, days: 4, lastly: () => ({ userAgent: 'tester/1.0', ...refused }) }),
      expect: 'finding',
    },
    {
      name: 'one credential refused thirty times',
      events: () => burst({ days: 6, perHour: 6, requests: 30, overMinutes: 30, fields: () => refused }),
      expect: 'silence',
    },
  ],
});

const refused = { status: 401, outcome: 'failure' } as const;
