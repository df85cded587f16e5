import { z } from 'zod';
import { violation } from '../../src/engine/detector.ts';
import { call, once } from '../examples/streams.ts';

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

export default violation({
  id: 'token-reuse',
  family: 'replay',
  severity: 'critical',
  summary: 'A single-use token, DPoP proof, nonce or signed request is presented a second time.',
  attack: ['T1550.001', 'T1550.004'],
  owasp: ['API2:2023', 'NHI4:2025'],
  runbook:
    'Something that is valid once came twice. From another place: somebody recorded it. From the same place: a client that repeats proofs, or a retry that took too long.',
  actions: [
    'Revoke the token the proof belongs to.',
    'Make the gateway refuse repeated proofs for their whole lifetime.',
    'Find where the first request was logged or intercepted.',
  ],
  needs: [['proofId', 'tokenId']],
  options: z.strictObject({
    retrySeconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(60)
      .describe(
        'Seconds within which the same client may repeat a failed or idempotent request with the same proof.',
      ),
  }),
  score(event, seen, { retrySeconds }) {
    const earlier = seen.earlierUse;
    if (earlier === null) return undefined;
    if (earlier.sameContext) {
      // Same client, same second: as likely one log line delivered twice.
      if (earlier.secondsAgo < 1) return undefined;
      const repeatable = earlier.failed || idempotent.has(event.method ?? '');
      if (!seen.success || (repeatable && earlier.secondsAgo <= retrySeconds)) return undefined;
    }
    const what = event.proofId === null ? 'single-use token' : 'proof of possession or nonce';
    const place = earlier.sameContext ? 'the same client' : 'another client';
    const fate = seen.success ? 'accepted' : 'refused';
    return {
      observed: `used again after ${Math.round(earlier.secondsAgo)} s, ${fate}`,
      expected: 'one use',
      text: `A ${what} that ${place} had used ${Math.round(earlier.secondsAgo)} s before was presented again and ${fate}.`,
    };
  },
  misses: [
    {
      limit: 'A proof stolen before its owner could use it.',
      name: 'a proof used by the thief alone',
      events: () => once(1, () => ({ proofId: 'proof-1', clientAddress: '203.0.113.9', clientAsn: 64999 })),
    },
    {
      limit: 'A repeat by the same client in the same second, which looks like a log line delivered twice.',
      name: 'a write repeated by the same client in the same second',
      events: function* () {
        const again = { proofId: 'proof-1', method: 'POST' };
        for (const event of once(1, () => again)) yield* [event, { ...event, eventId: 'again' }];
      },
    },
  ],
  falsePositives: [
    {
      limit: 'A client library that sends one proof with several requests.',
      name: 'a library that keeps one proof for all its writes',
      events: () => once(5, () => ({ proofId: 'proof-1', method: 'POST' })),
    },
    {
      limit: 'A phone that changes networks between a request and its retry.',
      name: 'a phone changes networks between a request and its retry',
      events: function* () {
        for (const event of once(1, () => ({ proofId: 'proof-1' }))) {
          yield event;
          yield {
            ...call(event.timestampMs + 3_000, {
              proofId: 'proof-1',
              clientAddress: '192.0.2.50',
              clientAsn: 64701,
            }),
          };
        }
      },
    },
  ],
  examples: [
    {
      name: 'every request has its own proof',
      events: () => once(6, (n) => ({ proofId: `proof-${n}` })),
      expect: 'silence',
    },
    {
      name: 'a recorded proof comes back from another network',
      events: () =>
        once(2, (n) => ({
          proofId: 'proof-1',
          ...(n === 1 && { clientAddress: '203.0.113.9', clientAsn: 64999 }),
        })),
      expect: 'finding',
    },
    {
      name: 'a single-use token is accepted twice',
      events: () => once(2, () => ({ tokenId: 'magic-link-1', tokenSingleUse: true, method: 'POST' })),
      expect: 'finding',
    },
    {
      name: 'a read repeated at once by the same client is a retry',
      events: function* () {
        const [first] = [...once(1, () => ({ proofId: 'proof-1' }))];
        if (first === undefined) return;
        yield first;
        yield call(first.timestampMs + 2_000, { proofId: 'proof-1' });
      },
      expect: 'silence',
    },
  ],
});
