import type { UsageEvent } from '../../schemas/usage-event.ts';
import { behavioural } from '../../src/engine/detector.ts';
import { burst, route, steady } from '../examples/streams.ts';

/** Operations' worth of doubt: a handful must not speak as loudly as a hundred. */
const doubt = 30;

export default behavioural({
  id: 'operation-mix',
  family: 'out-of-pattern',
  summary:
    'The mix of operations looks like somebody else: everybody uses them, this credential hardly does.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['API2:2023', 'NHI2:2025'],
  runbook:
    'Compare the operations of this hour with the usual ones in the alert: is it the same kind of work?',
  actions: ['Ask the owner what work was done.', 'Look at networks and clients of the unusual operations.'],
  needs: ['credentialId', 'route'],
  state: {},
  features: [
    {
      name: 'mix-evidence',
      scale: 'linear',
      shape: 'level',
      unit: 'bits',
      habit: 'none',
      text: (o, e) =>
        `its operations are ${o} bits each more likely from somebody else than from it; ${e} expected`,
    },
  ],
  score(_event, _state, seen, out) {
    out.set(0, (seen.mixBits + seen.operationBits) / (seen.mixed + 1 + doubt));
  },
  /** The engine sums the hour's evidence for its own gate. */
  learn() {},
  misses: [
    {
      limit: "A thief who repeats the owner's own mix of operations.",
      name: "the owner's own mix",
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 12, overMinutes: 30, fields: (n) => route(n % 4) })),
    },
  ],
  falsePositives: [
    {
      limit: 'The owner is given another task with the same credential.',
      name: 'another task with the same credential',
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 60, overMinutes: 50, fields: (n) => route(4 + (n % 5)) })),
    },
  ],
  examples: [
    {
      name: 'its own mix among many users',
      events: () => amongPeers(steady(ownMix)),
      expect: 'silence',
    },
    {
      name: 'sixty operations that others use and it hardly ever has',
      events: () =>
        amongPeers(burst({ ...ownMix, requests: 60, overMinutes: 30, fields: (n) => route(4 + (n % 5)) })),
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
