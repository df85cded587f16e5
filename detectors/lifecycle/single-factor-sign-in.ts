import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';

const signIn = {
  credentialId: 'arn:aws:iam::123456789012:user/ann',
  credentialType: 'session',
  route: 'signin.amazonaws.com:ConsoleLogin',
} as const;

export default violation({
  id: 'single-factor-sign-in',
  family: 'lifecycle',
  severity: 'medium',
  summary: 'Somebody signs in to a console with a password alone: whoever knows it is in.',
  attack: ['T1078.004', 'T1110.004'],
  owasp: ['API2:2023', 'NHI4:2025'],
  runbook:
    'Every call of the session hangs on one password. Ask its owner whether the sign-in was theirs; if nobody says so, end the session and look at what it did.',
  actions: [
    'Give the user a second factor, or a way in through single sign-on.',
    'Refuse all but enrolment to sessions without one, by policy.',
    'Take the password from users that programs own.',
  ],
  needs: ['status'],
  seldom: ['signInStrength'],
  options: z.strictObject({}),
  score(event, seen) {
    if (event.signInStrength !== 'single-factor' || !seen.success) return undefined;
    return {
      observed: 'a password alone',
      expected: 'a second factor',
      text: 'A sign-in by password alone was accepted, without a second factor.',
    };
  },
  misses: [
    {
      limit:
        'A sign-in through an identity provider: whether it asked for a second factor stands in its own log.',
      name: 'through an identity provider',
      events: () => once(1, () => ({ ...signIn, signInStrength: null })),
    },
  ],
  falsePositives: [
    {
      limit: 'An emergency account whose second factor is kept elsewhere on purpose.',
      name: 'an emergency account, tried once a year',
      events: () =>
        once(1, () => ({
          ...signIn,
          credentialId: 'arn:aws:iam::123456789012:user/break-glass',
          signInStrength: 'single-factor',
        })),
    },
  ],
  examples: [
    {
      name: 'with a second factor',
      events: () => once(3, () => ({ ...signIn, signInStrength: 'multi-factor' })),
      expect: 'silence',
    },
    {
      name: 'by password alone',
      events: () => once(1, () => ({ ...signIn, signInStrength: 'single-factor' })),
      expect: 'finding',
    },
    {
      name: 'a wrong password',
      events: () =>
        once(1, () => ({ ...signIn, signInStrength: 'single-factor', status: 401, outcome: 'failure' })),
      expect: 'silence',
    },
  ],
});
