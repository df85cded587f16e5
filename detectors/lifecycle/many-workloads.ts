import { behavioural } from '../../src/engine/detector.ts';
import { kept, list } from '../../src/engine/record-layout.ts';
import { mix32 } from '../../src/stats/hash.ts';
import { steady } from '../examples/streams.ts';
import { workload } from '../examples/takeovers.ts';

const halfDayHours = 12;
/** Bits of a map of (place, client) pairs; its filling tells their number (linear counting). */
const mapBits = 64;

function ones(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Estimated number by bits set; the last one, where the map is full, means that many or more. */
const estimates = Float64Array.from({ length: mapBits + 1 }, (_, marked) => {
  return -mapBits * Math.log(1 - Math.min(marked, mapBits - 1) / mapBits);
});

export default behavioural({
  id: 'many-workloads',
  family: 'lifecycle',
  summary:
    'One credential is shared by more workloads than before: more pairs of provider and client in about a day.',
  attack: ['T1078', 'T1550.001'],
  owasp: ['NHI9:2025', 'NHI2:2025'],
  runbook:
    'List the contexts of the credential: each should be known to the owner. A key in many hands cannot be revoked without harm.',
  actions: [
    'Give every workload its own credential.',
    'Ask the owner about contexts they don’t know.',
    'Rotate the shared one.',
  ],
  needs: ['credentialId', ['clientAddress', 'userAgent', 'ja4']],
  state: { halfDay: kept('u32'), now: list(2, 'u32'), before: list(2, 'u32') },
  features: [
    {
      name: 'workloads-day',
      scale: 'log1p',
      shape: 'total',
      carriedBy: ['requests-from-fresh-context', 'requests-from-fresh-network', 'networks', 'clients'],
      text: (o, e) => `used by ${o} different workloads in about a day; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const halfDay = Math.floor(seen.hour / halfDayHours);
    const pair = mix32(seen.place.hash, seen.client.hash);
    const elapsed = halfDay - state.halfDay;
    let marked = 0;
    for (let word = 0; word < 2; word += 1) {
      let map = (pair >>> 5) % 2 === word ? 1 << (pair & 31) : 0;
      if (elapsed <= 1) map |= state.now.get(word);
      if (elapsed <= 0) map |= state.before.get(word);
      marked += ones(map >>> 0);
    }
    out.set(0, estimates[marked] as number);
  },
  learn(_event, state, seen) {
    const halfDay = Math.floor(seen.hour / halfDayHours);
    const elapsed = halfDay - state.halfDay;
    if (elapsed > 0) {
      for (let word = 0; word < 2; word += 1) {
        state.before.set(word, elapsed === 1 ? state.now.get(word) : 0);
        state.now.set(word, 0);
      }
      state.halfDay = halfDay;
    }
    const pair = mix32(seen.place.hash, seen.client.hash);
    const word = (pair >>> 5) % 2;
    state.now.set(word, (state.now.get(word) | (1 << (pair & 31))) >>> 0);
  },
  misses: [
    {
      limit: 'Workloads with the same client behind the same provider.',
      name: 'a second workload with the same client behind the same provider',
      events: () =>
        steady({
          days: 6,
          perHour: 12,
          change: (n) => (n % 2 === 0 ? {} : { clientAddress: '198.51.100.200' }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A client library upgraded on one machine after the other.',
      name: 'new client libraries on one machine after the other',
      events: () =>
        steady({
          days: 6,
          perHour: 12,
          change: (n) => (n < 5.9 * 24 * 12 ? {} : { userAgent: `orders-${'abcdefgh'[n % 8]}/2` }),
        }),
    },
  ],
  examples: [
    { name: 'one workload', events: () => steady({ days: 6, perHour: 12 }), expect: 'silence' },
    {
      name: 'eight workloads share the key from one day on',
      events: () =>
        steady({ days: 6, perHour: 12, change: (n) => (n < 5.9 * 24 * 12 ? {} : workload(n % 8)) }),
      expect: 'finding',
    },
    {
      name: 'a key that eight workloads have always shared',
      events: () => steady({ days: 6, perHour: 12, change: (n) => workload(n % 8) }),
      expect: 'silence',
    },
  ],
});
