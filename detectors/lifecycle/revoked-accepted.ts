import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { revokedCredential, revokedToken } from '../examples/deployment.ts';
import { once } from '../examples/streams.ts';

export default violation({
  id: 'revoked-accepted',
  family: 'lifecycle',
  severity: 'critical',
  summary: 'A credential or token on the list of revoked ones is still accepted.',
  attack: ['T1550.001', 'T1078'],
  owasp: ['API2:2023', 'NHI1:2025'],
  runbook:
    'Revocation does not work at the gateway named: block the credential there by hand, then find out why.',
  actions: [
    'Block it at the gateway now.',
    'Fix the delivery of revocations to the gateway.',
    'List what it did since it was revoked.',
  ],
  needs: [['credentialId', 'tokenId'], 'status'],
  options: z.strictObject({}),
  score(_event, seen) {
    if (seen.revoked === '' || !seen.success) return undefined;
    return {
      observed: 'accepted',
      expected: 'refused',
      text: `Accepted although revoked: ${seen.revoked}.`,
    };
  },
  misses: [
    {
      limit: 'Revocations that nobody put on the list.',
      name: 'revoked elsewhere, never listed',
      events: () => once(2, () => ({ credentialId: 'key-unlisted' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A revocation that has not yet reached the gateway.',
      name: 'the gateway has not heard of the revocation yet',
      events: () => once(1, () => ({ credentialId: revokedCredential })),
    },
  ],
  examples: [
    {
      name: 'not on the list',
      events: () => once(4, () => ({ credentialId: 'key-in-use' })),
      expect: 'silence',
    },
    {
      name: 'a revoked key works',
      events: () => once(2, () => ({ credentialId: revokedCredential })),
      expect: 'finding',
    },
    {
      name: 'a revoked token works',
      events: () => once(2, () => ({ tokenId: revokedToken })),
      expect: 'finding',
    },
    {
      name: 'a revoked key is refused',
      events: () => once(2, () => ({ credentialId: revokedCredential, status: 401, outcome: 'failure' })),
      expect: 'silence',
    },
  ],
});
