import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { productionCredential } from '../examples/deployment.ts';
import { once } from '../examples/streams.ts';
import { printable } from '../printable.ts';

export default violation({
  id: 'environment-crossing',
  family: 'lifecycle',
  severity: 'high',
  summary: 'A credential of one environment is accepted in another.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI8:2025', 'API8:2023'],
  runbook:
    'A key that opens production and test is as safe as test. Find out which of the two uses is the wrong one.',
  actions: [
    'Refuse the credential outside its environment.',
    'Issue one credential for each environment.',
    'Rotate it if test machines held it.',
  ],
  needs: ['credentialId', 'environment'],
  options: z.strictObject({}),
  score(event, seen) {
    if (seen.homeEnvironment === '' || event.environment === null || seen.denied) return undefined;
    if (event.environment.toLowerCase() === seen.homeEnvironment.toLowerCase()) return undefined;
    const where = printable(event.environment, 40);
    return {
      observed: where,
      expected: seen.homeEnvironment,
      text: `A credential of ${seen.homeEnvironment} was used in ${where}.`,
    };
  },
  misses: [
    {
      limit: 'Credentials whose environment nobody wrote into the inventory.',
      name: 'a credential that is in no inventory',
      events: () =>
        once(2, (n) => ({ credentialId: 'key-unlisted', environment: n === 0 ? 'production' : 'sandbox' })),
    },
    {
      limit: 'Gateways that do not say which environment they are.',
      name: 'a production key at a gateway that logs no environment',
      events: () => once(2, () => ({ credentialId: productionCredential, environment: null })),
    },
  ],
  falsePositives: [
    {
      limit: 'A gateway moved to another environment before its inventory was.',
      name: 'the gateway was renamed and the inventory was not',
      events: () => once(1, () => ({ credentialId: productionCredential, environment: 'production-eu' })),
    },
  ],
  examples: [
    {
      name: 'at home',
      events: () => once(3, () => ({ credentialId: productionCredential, environment: 'Production' })),
      expect: 'silence',
    },
    {
      name: 'a production key in the sandbox',
      events: () => once(1, () => ({ credentialId: productionCredential, environment: 'sandbox' })),
      expect: 'finding',
    },
    {
      name: 'refused in the sandbox',
      events: () =>
        once(1, () => ({
          credentialId: productionCredential,
          environment: 'sandbox',
          status: 403,
          outcome: 'failure',
        })),
      expect: 'silence',
    },
  ],
});
