import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';
import { thief } from '../examples/takeovers.ts';

export default violation({
  id: 'sender-constraint',
  family: 'replay',
  severity: 'critical',
  summary:
    'A token bound to a key is accepted without that key: with another one, or as a plain bearer token.',
  attack: ['T1550.001', 'T1528'],
  owasp: ['API2:2023', 'NHI4:2025'],
  runbook:
    'The gateway let a bound token through without its key: it is both a stolen token and a gateway that does not check.',
  actions: [
    'Revoke the token.',
    'Make the gateway compare cnf.jkt or cnf.x5t#S256 with the key the client proves.',
    'Look at every request of this token since the first one without its key.',
  ],
  needs: ['tokenBoundKey', ['presentedKey', 'authScheme']],
  options: z.strictObject({}),
  score(event, seen) {
    if (event.tokenBoundKey === null || !event.tokenClaimsVerified || !seen.success) return undefined;
    if (event.presentedKey === null) {
      // No key in the log means no key proven only where keys are logged at all.
      if (event.authScheme !== 'bearer' || !seen.gatewayLogsKeys) return undefined;
      return {
        observed: 'no key',
        expected: `key ${short(event.tokenBoundKey)}`,
        text: `A token bound to key ${short(event.tokenBoundKey)} was accepted as a plain bearer token.`,
      };
    }
    if (event.presentedKey === event.tokenBoundKey) return undefined;
    return {
      observed: `key ${short(event.presentedKey)}`,
      expected: `key ${short(event.tokenBoundKey)}`,
      text: `A token bound to key ${short(event.tokenBoundKey)} was accepted from a client that proved key ${short(event.presentedKey)}.`,
    };
  },
  misses: [
    {
      limit: 'A thief who took the private key together with the token.',
      name: 'from elsewhere, with the key that the token is bound to',
      events: () =>
        once(2, (n) => ({
          tokenBoundKey: 'jkt-owner',
          presentedKey: 'jkt-owner',
          authScheme: 'dpop',
          ...(n === 1 && thief()),
        })),
    },
    {
      limit: 'Gateways that never log the proven key.',
      name: 'bearer use at a gateway that never logs a key',
      events: () => once(3, () => ({ tokenBoundKey: 'jkt-owner', authScheme: 'bearer' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A proxy in front of the gateway that ends TLS, so that the certificate seen is its own.',
      name: 'a TLS-ending proxy shows its own certificate',
      events: () =>
        once(2, () => ({ tokenBoundKey: 'x5t-owner', presentedKey: 'x5t-proxy', authScheme: 'mtls' })),
    },
  ],
  examples: [
    {
      name: 'bound token with its key',
      events: () =>
        once(5, () => ({ tokenBoundKey: 'jkt-owner', presentedKey: 'jkt-owner', authScheme: 'dpop' })),
      expect: 'silence',
    },
    {
      name: 'bound token with the key of somebody else',
      events: () =>
        once(3, (n) => ({
          tokenBoundKey: 'jkt-owner',
          presentedKey: n === 2 ? 'jkt-thief' : 'jkt-owner',
          authScheme: 'dpop',
        })),
      expect: 'finding',
    },
    {
      name: 'bound token sent as bearer at a gateway that logs keys',
      events: () =>
        once(3, (n) =>
          n === 2
            ? { tokenBoundKey: 'jkt-owner', authScheme: 'bearer' }
            : { tokenBoundKey: 'jkt-owner', presentedKey: 'jkt-owner', authScheme: 'dpop' },
        ),
      expect: 'finding',
    },
    {
      name: 'a refused call is the gateway doing its work',
      events: () =>
        once(2, () => ({
          tokenBoundKey: 'jkt-owner',
          presentedKey: 'jkt-thief',
          authScheme: 'dpop',
          status: 401,
          outcome: 'failure',
          tokenClaimsVerified: false,
        })),
      expect: 'silence',
    },
  ],
});

/** Enough of a thumbprint to compare by eye; attacker-controlled text, so never all of it. */
function short(key: string): string {
  return `${key.slice(0, 12).replaceAll(/[^\w-]/g, '?')}…`;
}
