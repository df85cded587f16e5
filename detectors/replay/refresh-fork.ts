import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';
import { thief } from '../examples/takeovers.ts';

export default violation({
  id: 'refresh-fork',
  family: 'replay',
  severity: 'critical',
  summary: 'Two tokens descend from one refresh token: it was used twice, so somebody has a copy.',
  attack: ['T1550.001', 'T1528'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook:
    'One of the two branches is not the owner. The issuer cannot tell which, so the whole family must go.',
  actions: [
    'Revoke the whole token family.',
    'Make the owner sign in again.',
    'Let the issuer revoke a family on reuse.',
  ],
  needs: ['tokenId', 'tokenParentId'],
  options: z.strictObject({
    retrySeconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe('Seconds within which the same client may refresh twice, after a lost answer.'),
  }),
  score(_event, seen, { retrySeconds }) {
    const sibling = seen.siblingUse;
    if (sibling === null || !seen.success) return undefined;
    if (sibling.sameContext && sibling.secondsAgo <= retrySeconds) return undefined;
    const place = sibling.sameContext ? 'the same client' : 'another client';
    const ago = Math.round(sibling.secondsAgo);
    return {
      observed: `second token, ${ago} s after the first`,
      expected: 'one token from each refresh token',
      text: `A second token made from one refresh token was used, ${ago} s after ${place} had used the first.`,
    };
  },
  misses: [
    {
      limit: 'A thief who refreshes first and an owner who never comes back.',
      name: 'the thief alone goes on with the family',
      events: () =>
        once(2, () => ({ tokenFamilyId: 'f-1', tokenId: 't-1', tokenParentId: 't-0', ...thief() })),
    },
  ],
  falsePositives: [
    {
      limit: 'A client with several processes that refresh at the same time.',
      name: 'two processes of one client refresh, minutes apart',
      events: () => once(2, (n) => ({ tokenFamilyId: 'f-1', tokenId: `t-${n + 1}`, tokenParentId: 't-0' })),
    },
  ],
  examples: [
    {
      name: 'each token descends from the one before',
      events: () =>
        once(4, (n) => ({ tokenFamilyId: 'f-1', tokenId: `t-${n + 1}`, tokenParentId: `t-${n}` })),
      expect: 'silence',
    },
    {
      name: 'owner and thief each refresh the same token',
      events: () =>
        once(2, (n) => ({
          tokenFamilyId: 'f-1',
          tokenId: `t-${n + 1}`,
          tokenParentId: 't-0',
          ...(n === 1 && thief()),
        })),
      expect: 'finding',
    },
    {
      name: 'one token used many times is no fork',
      events: () => once(4, () => ({ tokenFamilyId: 'f-1', tokenId: 't-1', tokenParentId: 't-0' })),
      expect: 'silence',
    },
  ],
});
