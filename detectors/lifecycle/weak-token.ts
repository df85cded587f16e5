import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';

const hourMs = 3_600_000;
/** Credentials whose tokens carry their own claims. */
const selfContained = new Set(['jwt', 'oauth_client']);

export default violation({
  id: 'weak-token',
  family: 'lifecycle',
  severity: 'medium',
  summary:
    'A token is accepted that anybody could have made (alg none), or that never expires, or lives too long.',
  attack: ['T1606', 'T1550.001'],
  owasp: ['API2:2023', 'NHI4:2025', 'NHI7:2025'],
  runbook:
    'alg none accepted means anybody can make tokens: treat it as an open door. The others are debts: plan their end.',
  actions: [
    'Refuse unsigned tokens at the gateway.',
    'Shorten the lifetime at the issuer.',
    'Replace long-lived tokens by a client that asks for new ones.',
  ],
  needs: [['tokenAlgorithm', 'tokenIssuedAtMs'], 'status'],
  options: z.strictObject({
    longestHours: z
      .number()
      .positive()
      .default(24 * 32)
      .describe('Hours a token may be valid in all before it counts as long-lived.'),
  }),
  score(event, seen, { longestHours }) {
    if (!seen.success || !event.tokenClaimsVerified) return undefined;
    if (event.tokenAlgorithm !== null && event.tokenAlgorithm.toLowerCase() === 'none') {
      return {
        observed: 'alg none',
        expected: 'a signature',
        text: 'A token without a signature (alg none) was accepted.',
      };
    }
    // Without iat the claims were not logged: then a missing exp says nothing. Nor does it for a
    // temporary cloud key, whose log tells when it was made and never when it ends.
    if (event.tokenIssuedAtMs === null || !selfContained.has(event.credentialType)) return undefined;
    if (event.tokenExpiresAtMs === null) {
      return {
        observed: 'no expiry',
        expected: 'an expiry',
        text: 'A token that never expires was accepted.',
      };
    }
    const hours = (event.tokenExpiresAtMs - event.tokenIssuedAtMs) / hourMs;
    if (hours <= longestHours) return undefined;
    return {
      observed: `${Math.round(hours)} h of validity`,
      expected: `at most ${longestHours} h`,
      text: `A token valid for ${Math.round(hours)} h was accepted; ${longestHours} h are allowed.`,
    };
  },
  misses: [
    {
      limit: 'A guessable signing secret, which no log shows.',
      name: 'signed with a guessable secret',
      events: () =>
        once(1, (_n, timeMs) => ({
          tokenAlgorithm: 'HS256',
          tokenIssuedAtMs: timeMs,
          tokenExpiresAtMs: timeMs + hourMs,
        })),
    },
  ],
  falsePositives: [
    {
      limit: 'A long-lived token made on purpose for a device or a job.',
      name: 'a device token for a year, made on purpose',
      events: () =>
        once(1, (_n, timeMs) => ({
          credentialType: 'jwt',
          tokenIssuedAtMs: timeMs,
          tokenExpiresAtMs: timeMs + 8_760 * hourMs,
        })),
    },
  ],
  examples: [
    {
      name: 'signed, for one hour',
      events: () =>
        once(3, (_n, timeMs) => ({
          tokenAlgorithm: 'ES256',
          tokenIssuedAtMs: timeMs - 60_000,
          tokenExpiresAtMs: timeMs + hourMs,
        })),
      expect: 'silence',
    },
    { name: 'alg none', events: () => once(1, () => ({ tokenAlgorithm: 'None' })), expect: 'finding' },
    {
      name: 'no expiry',
      events: () => once(1, (_n, timeMs) => ({ credentialType: 'jwt', tokenIssuedAtMs: timeMs })),
      expect: 'finding',
    },
    {
      name: 'valid for ten years',
      events: () =>
        once(1, (_n, timeMs) => ({
          credentialType: 'jwt',
          tokenIssuedAtMs: timeMs,
          tokenExpiresAtMs: timeMs + 87_600 * hourMs,
        })),
      expect: 'finding',
    },
    {
      name: 'a temporary cloud key tells when it was made and not when it ends',
      events: () =>
        once(1, (_n, timeMs) => ({ credentialType: 'cloud_access_key', tokenIssuedAtMs: timeMs })),
      expect: 'silence',
    },
    {
      name: 'alg none, refused',
      events: () =>
        once(1, () => ({
          tokenAlgorithm: 'none',
          status: 401,
          outcome: 'failure',
          tokenClaimsVerified: false,
        })),
      expect: 'silence',
    },
  ],
});
