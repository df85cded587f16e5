import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { once } from '../examples/streams.ts';

export default violation({
  id: 'expired-accepted',
  family: 'lifecycle',
  severity: 'high',
  summary: 'A token is accepted after it has expired.',
  attack: ['T1550.001'],
  owasp: ['API2:2023', 'NHI4:2025', 'NHI7:2025'],
  runbook:
    'The gateway or the service behind it does not check expiry: every stolen token works for ever there.',
  actions: [
    'Turn on the expiry check at the gateway named.',
    'Look for other expired tokens accepted there.',
    'Check its clock.',
  ],
  needs: ['tokenExpiresAtMs', 'status'],
  options: z.strictObject({
    leewaySeconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe('Seconds after expiry in which a token may still be accepted.'),
  }),
  score(event, seen, { leewaySeconds }) {
    if (event.tokenExpiresAtMs === null || !seen.success || !event.tokenClaimsVerified || event.timeSuspect)
      return undefined;
    const lateS = (event.timestampMs - event.tokenExpiresAtMs) / 1000;
    if (lateS <= leewaySeconds) return undefined;
    return {
      observed: `accepted ${Math.round(lateS)} s after expiry`,
      expected: `refused ${leewaySeconds} s after expiry`,
      text: `A token was accepted ${Math.round(lateS)} s after it had expired; ${leewaySeconds} s are allowed.`,
    };
  },
  misses: [
    {
      limit: 'Gateways that do not log the expiry of the tokens they accept.',
      name: 'the expiry is not logged',
      events: () => once(3, () => ({ tokenId: 't-1' })),
    },
  ],
  falsePositives: [
    {
      limit: 'A gateway whose clock is wrong by more than the leeway.',
      name: "the gateway's clock is five minutes fast",
      events: () => once(1, (_n, timeMs) => ({ tokenExpiresAtMs: timeMs - 290_000 })),
    },
  ],
  examples: [
    {
      name: 'tokens of one hour',
      events: () => once(5, (_n, timeMs) => ({ tokenExpiresAtMs: timeMs + 3_600_000 })),
      expect: 'silence',
    },
    {
      name: 'accepted ten minutes late',
      events: () => once(1, (_n, timeMs) => ({ tokenExpiresAtMs: timeMs - 600_000 })),
      expect: 'finding',
    },
    {
      name: 'within the leeway',
      events: () => once(1, (_n, timeMs) => ({ tokenExpiresAtMs: timeMs - 30_000 })),
      expect: 'silence',
    },
    {
      name: 'late and refused',
      events: () =>
        once(1, (_n, timeMs) => ({ tokenExpiresAtMs: timeMs - 600_000, status: 401, outcome: 'failure' })),
      expect: 'silence',
    },
  ],
});
