import type { UsageEvent } from '../../schemas/usage-event.ts';
import { behavioural } from '../../src/engine/detector.ts';
import { hourly } from '../../src/engine/record-layout.ts';
import { burst, route, steady } from '../examples.ts';

/** One operation may say at most this much: a chain of them must convince, not one. */
const mostBits = 12;
const doubt = 0.25;

function clipped(bits: number): number {
  return Math.min(mostBits, Math.max(-mostBits, bits));
}

/** log2(½·2^a + ½·2^b) without overflow. */
function halfAndHalf(a: number, b: number): number {
  const high = Math.max(a, b);
  return high - 1 + Math.log2(1 + 2 ** (Math.min(a, b) - high));
}

function doubted(bits: number): number {
  return Math.log2(1 - doubt + doubt * 2 ** bits);
}

export default behavioural({
  id: 'operation-mix',
  family: 'out-of-pattern',
  summary:
    'The mix of operations looks like somebody else: everybody uses them, this credential hardly does.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['API2:2023', 'NHI2:2025'],
  misses: "A thief who repeats the owner's own mix of operations.",
  falsePositives: ['The owner is given another task with the same credential.'],
  runbook:
    'Compare the operations of this hour with the usual ones in the alert: is it the same kind of work?',
  actions: ['Ask the owner what work was done.', 'Look at networks and clients of the unusual operations.'],
  needs: ['credentialId', 'route'],
  state: { surely: hourly(), partly: hourly() },
  features: [
    {
      // All of the hour by somebody else, or a quarter of it: half the belief each.
      name: 'mix-bits',
      scale: 'linear',
      shape: 'level',
      unit: 'bits',
      text: (o, e) => `its operations speak for another user: ${o} bits; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const bits = clipped(seen.operationBits);
    out.set(0, halfAndHalf(state.surely + bits, state.partly + doubted(bits)));
  },
  learn(_event, state, seen) {
    const bits = clipped(seen.operationBits);
    state.surely += bits;
    state.partly += doubted(bits);
  },
  examples: [
    {
      name: 'its own mix among many users',
      events: () => amongPeers(steady(ownMix)),
      expect: 'silence',
    },
    {
      name: 'thirty operations that others use and it hardly ever has',
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 30, overMinutes: 30, fields: (n) => route(4 + (n % 5)) })),
      expect: 'finding',
    },
    {
      name: "misses: the owner's own mix",
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 12, overMinutes: 30, fields: (n) => route(n % 4) })),
      expect: 'silence',
    },
    {
      name: 'false positive: another task with the same credential',
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 40, overMinutes: 50, fields: (n) => route(4 + (n % 5)) })),
      expect: 'finding',
    },
  ],
});

const ownMix = { days: 6, perHour: 12, change: (n: number) => route(n % 97 === 0 ? 4 + (n % 5) : n % 4) };

/** Five others do the work this credential hardly does, at the same times. */
function* amongPeers(own: Iterable<UsageEvent>): Generator<UsageEvent> {
  let n = 0;
  for (const event of own) {
    const credentialId = `peer-${n % 5}`;
    yield { ...event, ...route(n % 10), credentialId, eventId: `p-${n}` };
    yield event;
    n += 1;
  }
}
