import type { UsageEvent } from '../../schemas/usage-event.ts';
import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { list, type StateOf } from '../../src/engine/record-layout.ts';
import type { Seen } from '../../src/engine/seen.ts';
import { coldHours } from '../../src/engine/warming-up.ts';
import { sitting } from '../examples/rhythms.ts';

/** What follows sooner belongs to one action; logs that count in seconds round up to one. */
const leastPauseS = 2;
/** log2 of the ten seconds that lie half-way between the usual pause of a script and of somebody who reads. */
const evenLog2 = 3.3;
const mostBits = 24;
/** Cells of a record are whole numbers. */
const steps = 1000;
const sumCell = 0;
const routeCell = 1;

/**
 * Page's sum of a session's log-likelihood ratio, a script's pauses against a reader's: for two log-normal
 * distributions of the same spread the ratio of one pause is linear in its logarithm. A bit for every
 * halving below ten seconds is little more than half of the 1.7 that medians of 5 and 20 s with a spread of 1.3
 * halvings give, for pauses of one session are not independent.
 */
function after(sum: number, pauseS: number): number {
  if (pauseS < leastPauseS) return sum;
  return Math.min(mostBits, Math.max(0, sum + evenLog2 - Math.log2(pauseS)));
}

/** Half a hash tells neighbours apart. */
function routeMark(hash: number): number {
  return hash & 0x7fff;
}

const layout = { robot: list(2, 'i16') };

/** Sessions have no habits yet: afterwards cadence-change compares with those. */
function isJudged({ credentialType }: UsageEvent, { activeHours }: Seen): boolean {
  return credentialType === 'session' && activeHours < coldHours;
}

/** The sum with this event. The same thing asked for again is a page that polls, not an action. */
function sumWith({ robot }: Readonly<StateOf<typeof layout>>, seen: Seen): number {
  const sum = robot.get(sumCell) / steps;
  const isRepeat = routeMark(seen.route.hash) === robot.get(routeCell) && !seen.objectFirstThisHour;
  return isRepeat ? sum : after(sum, seen.gapHours * 3600);
}

export default behavioural({
  id: 'scripted-session',
  family: 'out-of-pattern',
  summary: "A web session, which is a person's by its kind, never pauses for as long as reading takes.",
  attack: ['T1550.004', 'T1185'],
  owasp: ['API6:2023', 'API4:2023'],
  runbook:
    'Look at the pages in order: a reader goes back, waits and skips, a script walks. Then at what was taken and whether the account is new.',
  actions: [
    'Ask the session for a challenge that a script cannot answer.',
    'Limit how much one session may take.',
    'If the account is not new, end its sessions: the cookie may have been stolen.',
  ],
  needs: ['credentialType'],
  state: layout,
  features: [
    {
      name: 'robot-bits',
      scale: 'linear',
      shape: 'level',
      habit: 'none',
      unit: 'bits',
      text: (o, e) => `its pauses are too short for somebody who reads: ${o} bits; ${e} expected`,
    },
  ],
  score(event, state, seen, out) {
    out.set(0, isJudged(event, seen) ? sumWith(state, seen) : notMeasured);
  },
  learn(event, state, seen) {
    if (!isJudged(event, seen)) return;
    state.robot.set(sumCell, Math.round(sumWith(state, seen) * steps));
    state.robot.set(routeCell, routeMark(seen.route.hash));
  },
  misses: [
    {
      limit: 'A script that waits as long as people do.',
      name: 'a script that waits a minute before every page',
      events: () => sitting({ actions: 60, pauseS: () => 60 }),
    },
    {
      limit: 'Sessions that live for days: once they have habits, cadence-change compares with those.',
      name: 'a session that was used by hand for two days, then a script',
      events: function* () {
        yield* sitting({ actions: 800, pauseS: (n) => [20, 45, 400, 900, 12][n % 5] ?? 20 });
        yield* sitting({ actions: 60, pauseS: () => 4, afterHours: 80 });
      },
    },
  ],
  falsePositives: [
    {
      limit: 'Somebody who clicks through without reading: galleries, lists to be worked off.',
      name: 'a gallery, clicked through',
      events: () => sitting({ actions: 60, pauseS: (n) => 2 + (n % 3) }),
    },
  ],
  examples: [
    {
      name: 'somebody reads',
      events: () => sitting({ actions: 60, pauseS: (n) => [14, 35, 5, 80, 22, 9, 240][n % 7] ?? 14 }),
      expect: 'silence',
    },
    {
      name: 'a page every four seconds from the first call on',
      events: () => sitting({ actions: 60, pauseS: () => 4 }),
      expect: 'finding',
    },
    {
      name: 'a page that asks every five seconds whether there is news',
      events: () => sitting({ actions: 200, pauseS: () => 5, page: () => 'inbox' }),
      expect: 'silence',
    },
    {
      name: 'a machine key works at any pace',
      events: () => sitting({ actions: 60, pauseS: () => 4, fields: { credentialType: 'api_key' } }),
      expect: 'silence',
    },
  ],
});
