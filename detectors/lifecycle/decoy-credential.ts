import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { decoyCredential } from '../examples/deployment.ts';
import { once } from '../examples/streams.ts';

export default violation({
  id: 'decoy-credential',
  family: 'lifecycle',
  severity: 'critical',
  summary: 'A credential that was planted for thieves and that no program uses is used.',
  attack: ['T1552.001', 'T1078'],
  owasp: ['NHI2:2025', 'API2:2023'],
  runbook: 'Whoever used it has read the place where it lies. Everything else kept there is stolen too.',
  actions: [
    'Rotate every secret that lies beside the decoy.',
    'Look for the same network and client on real credentials.',
    'Plant a new decoy.',
  ],
  needs: ['credentialId'],
  options: z.strictObject({}),
  // A refused use says as much as an accepted one: somebody has it.
  score(_event, seen) {
    if (seen.decoy === '') return undefined;
    return {
      observed: seen.success ? 'used' : 'tried',
      expected: 'never used',
      text: `A decoy credential was ${seen.success ? 'used' : 'tried'}: ${seen.decoy}.`,
    };
  },
  misses: [
    {
      limit: 'Thieves who take a real credential instead.',
      name: 'a real credential beside the decoy',
      events: () => once(3, () => ({ credentialId: 'key-beside' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A secret scanner that tries what it finds.',
      name: 'a secret scanner checks what it found',
      events: () =>
        once(1, () => ({
          credentialId: decoyCredential,
          userAgent: 'secret-scanner/1.0',
          status: 401,
          outcome: 'failure',
        })),
    },
  ],
  examples: [
    {
      name: 'a real credential',
      events: () => once(3, () => ({ credentialId: 'key-real' })),
      expect: 'silence',
    },
    {
      name: 'the decoy is used',
      events: () => once(1, () => ({ credentialId: decoyCredential })),
      expect: 'finding',
    },
    {
      name: 'the decoy is tried and refused',
      events: () => once(1, () => ({ credentialId: decoyCredential, status: 403, outcome: 'failure' })),
      expect: 'finding',
    },
  ],
});
