import { type Check, finding, fine, untold } from '../check.ts';

export const severalEnvironments: Check = {
  id: 'several-environments',
  summary: 'One credential opens more than one environment.',
  owasp: ['NHI8:2025'],
  misses:
    'Gateways that do not say which environment they are; an environment that is only a region or a tenant counts as one of its own.',
  action:
    'Issue one credential for each environment: a key that opens production and test is as safe as test.',
  judge({ environments }) {
    if (environments.size === 0) return untold('the log does not tell the environment');
    if (environments.size === 1) return fine;
    return finding('medium', [...environments].sort().join(', '), 'one environment');
  },
};
