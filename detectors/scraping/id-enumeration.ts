import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { hourly, list } from '../../src/engine/record-layout.ts';
import { burst, steady } from '../examples/streams.ts';

/** Routes whose ids are followed at a time; told apart by hash, so two may share a place. */
const tracks = 4;

export default behavioural({
  id: 'id-enumeration',
  family: 'scraping',
  summary:
    'A credential walks through ids: in constant steps, in one dense block, or far outside its own range.',
  attack: ['T1119', 'T1213'],
  owasp: ['API1:2023', 'API6:2023'],
  runbook: 'Look at the ids in the examples: a ladder or a filled block is a machine walking your catalogue.',
  actions: [
    'Rate-limit the route for this credential.',
    'Check that the objects belong to it.',
    'Make ids unguessable.',
  ],
  needs: ['credentialId', 'objectNumber'],
  state: {
    steps: hourly(),
    numbers: hourly(),
    far: hourly(),
    foreignSteps: hourly(),
    density: hourly(),
    lowest: list(tracks, 'f64', 'hourly'),
    highest: list(tracks, 'f64', 'hourly'),
    found: list(tracks, 'f32', 'hourly'),
  },
  features: [
    {
      name: 'stride-steps',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} times the next id by a constant step; ${e} expected`,
    },
    {
      name: 'sequential-share',
      scale: 'linear',
      shape: 'level',
      unit: 'share',
      text: (o, e) => `${o} of its ids followed the one before by a constant step; ${e} expected`,
    },
    {
      name: 'far-objects',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} ids far outside the range it usually asks for; ${e} expected`,
    },
    {
      name: 'foreign-stride-steps',
      scale: 'log1p',
      shape: 'total',
      text: (o, e) => `${o} steps onto objects of other credentials; ${e} expected`,
    },
    {
      name: 'block-density',
      scale: 'linear',
      shape: 'level',
      unit: 'share',
      text: (o, e) => `new ids filled ${o} of the block they lie in; ${e} expected`,
    },
  ],
  score(event, state, seen, out) {
    const number = event.objectNumber;
    const step = seen.objectIsNextInStride ? 1 : 0;
    out.set(0, state.steps + step);
    const numbers = state.numbers + (number === null ? 0 : 1);
    out.set(1, numbers === 0 ? notMeasured : (state.steps + step) / (numbers + 3));
    out.set(2, state.far + (seen.objectIsFar && seen.objectFirstThisHour ? 1 : 0));
    out.set(3, state.foreignSteps + (seen.objectIsForeign ? step : 0));
    if (number === null || !seen.objectIsNew) {
      out.set(4, numbers === 0 ? notMeasured : state.density);
      return;
    }
    const track = seen.route.hash % tracks;
    const found = state.found.get(track);
    const lowest = found === 0 ? number : Math.min(number, state.lowest.get(track));
    const highest = found === 0 ? number : Math.max(number, state.highest.get(track));
    out.set(4, density(found + 1, highest - lowest));
  },
  learn(event, state, seen) {
    const number = event.objectNumber;
    if (number === null) return;
    state.numbers += 1;
    if (seen.objectIsNextInStride) state.steps += 1;
    if (seen.objectIsFar && seen.objectFirstThisHour) state.far += 1;
    if (seen.objectIsNextInStride && seen.objectIsForeign) state.foreignSteps += 1;
    if (!seen.objectIsNew) return;
    const track = seen.route.hash % tracks;
    const found = state.found.get(track);
    const lowest = found === 0 ? number : Math.min(number, state.lowest.get(track));
    const highest = found === 0 ? number : Math.max(number, state.highest.get(track));
    state.lowest.set(track, lowest);
    state.highest.set(track, highest);
    state.found.set(track, found + 1);
    state.density = density(found + 1, highest - lowest);
  },
  misses: [
    {
      limit: 'Ids without a number (UUIDs): object-breadth and foreign-objects must carry those.',
      name: 'objects without numbers',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          change: shuffledOwn,
          requests: 120,
          overMinutes: 30,
          fields: (n) => ({ objectId: `6f1c9e4a-${n}`, objectNumber: null }),
        }),
    },
  ],
  falsePositives: [
    {
      limit: 'A consumer that reads a growing sequence for the first time.',
      name: 'a consumer reads a growing sequence for the first time',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          change: shuffledOwn,
          requests: 40,
          overMinutes: 55,
          fields: (n) => ladder(n - 60_000),
        }),
    },
    {
      limit: 'A renumbering of objects.',
      name: 'the objects were renumbered',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          change: shuffledOwn,
          requests: 60,
          overMinutes: 55,
          fields: (n) => ladder(n + 5_000),
        }),
    },
  ],
  examples: [
    {
      name: 'a small set of ids in its own order',
      events: () => steady({ days: 6, perHour: 30, change: shuffledOwn }),
      expect: 'silence',
    },
    {
      name: 'a ladder of ids far away',
      events: () =>
        burst({ days: 6, perHour: 30, change: shuffledOwn, requests: 120, overMinutes: 30, fields: ladder }),
      expect: 'finding',
    },
    {
      name: 'a block of ids in shuffled order',
      events: () =>
        burst({
          days: 6,
          perHour: 30,
          change: shuffledOwn,
          requests: 120,
          overMinutes: 30,
          fields: shuffledBlock,
        }),
      expect: 'finding',
    },
    {
      name: 'a queue consumer has always read the next id',
      events: () => steady({ days: 6, perHour: 30, change: (n) => ladder(n) }),
      expect: 'silence',
    },
  ],
});

/** Share of the block between lowest and highest that was asked for; near 0 for one or two ids. */
function density(found: number, span: number): number {
  return Math.min(1, (found - 1) / (span + 8));
}

function numbered(id: number) {
  return { path: `/orders/${id}`, objectId: `${id}`, objectNumber: id };
}

/** Squares modulo a prime: a small set in no constant step. */
function shuffledOwn(n: number) {
  return numbered(1000 + ((n * n) % 41) * 23);
}

function ladder(n: number) {
  return numbered(70_000 + n);
}

/** All of a block of 128, in bit-reversed order. */
function shuffledBlock(n: number) {
  let reversed = 0;
  for (let bit = 0; bit < 7; bit += 1) reversed |= ((n >> bit) & 1) << (6 - bit);
  return numbered(70_000 + reversed);
}
