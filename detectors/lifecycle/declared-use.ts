import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { declaredCredential } from '../examples/deployment.ts';
import { once } from '../examples/streams.ts';
import { thief } from '../examples/takeovers.ts';
import { printable } from '../printable.ts';

export default violation({
  id: 'declared-use',
  family: 'lifecycle',
  severity: 'high',
  summary:
    'A credential does what its owner has declared it never does: another network, client, route, scope, hour or environment.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI5:2025', 'API5:2023'],
  runbook:
    'Either the declaration is out of date or the credential is in other hands: ask the owner which, now.',
  actions: [
    'Ask the owner whether the change is theirs.',
    'If so, change the declaration; if not, revoke the credential.',
  ],
  needs: ['credentialId'],
  options: z.strictObject({}),
  score(_event, seen) {
    const { breach } = seen;
    if (breach === null || seen.denied) return undefined;
    const observed = printable(breach.observed, 120);
    return {
      observed: `${breach.what} ${observed}`,
      expected: breach.expected,
      text: `Declared ${breach.what}: ${breach.expected}; used: ${observed}.`,
    };
  },
  misses: [
    {
      limit: 'Credentials without a declaration.',
      name: 'nothing is declared',
      events: () => once(1, () => ({ credentialId: 'key-undeclared', method: 'DELETE' })),
    },
    {
      limit: 'Abuse within the declaration.',
      name: 'a thief reads with a key declared to read',
      events: () => once(4, () => ({ credentialId: declaredCredential, ...thief() })),
    },
  ],
  falsePositives: [
    {
      limit: 'A legitimate change that was not declared first.',
      name: 'a release that writes, declared too late',
      events: () => once(1, () => ({ credentialId: declaredCredential, method: 'POST' })),
    },
  ],
  examples: [
    {
      name: 'within its declaration',
      events: () => once(3, () => ({ credentialId: declaredCredential })),
      expect: 'silence',
    },
    {
      name: 'a write by a key declared to read',
      events: () => once(1, () => ({ credentialId: declaredCredential, method: 'DELETE' })),
      expect: 'finding',
    },
    {
      name: 'a write by a key declared to read, refused',
      events: () =>
        once(1, () => ({
          credentialId: declaredCredential,
          method: 'DELETE',
          status: 403,
          outcome: 'failure',
        })),
      expect: 'silence',
    },
  ],
});
