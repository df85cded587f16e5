import { behavioural, notMeasured } from '../../src/engine/detector.ts';
import { fading, hourly, list } from '../../src/engine/record-layout.ts';
import { gaps } from '../examples/rhythms.ts';
import { burst, call, endOf, steady } from '../examples/streams.ts';

/** Gaps of 0 s, 1 s, 2–3 s, 4–7 s … 1024 s and more. */
const bins = 12;
/** Fewer learnt gaps than this are no habit. */
const enough = 30;
const slowPrior = 0.5;
/** Cells of the hour hold small numbers; past this the shape of the hour is known. */
const mostInHour = 32_000;
/** What follows sooner belongs to one action; logs that count in seconds round up to one. */
const leastPauseS = 2;
/** log2 of the seconds that nobody calls quick. */
const slowLog2 = 6;
/** A quarter of a minute: the pause of somebody who reads what comes. */
const readersHalvings = 2;
/** Pauses' worth of doubt. */
const doubt = 4;

function binOf(gapHours: number): number {
  const seconds = Math.round(gapHours * 3600);
  return Math.min(bins - 1, 32 - Math.clz32(seconds));
}

/**
 * Evidence of one gap: the hour's own distribution as guessed so far (Krichevsky–Trofimov, half a
 * count a bin) against the habit. Summed over the hour it is n·KL(hour‖habit) less the price of not
 * knowing the hour's distribution beforehand: honest bits, near or below 0 for an hour like any other.
 */
function gapBits(inHour: number, hourTotal: number, inHabit: number, habitTotal: number): number {
  const now = (inHour + 0.5) / (hourTotal + bins / 2);
  const usual = (inHabit + slowPrior) / (habitTotal + bins * slowPrior);
  return Math.log2(now / usual);
}

/**
 * How far the usual pause lies below a minute, in halvings, 0 above it: while few pauses were seen it is
 * near that of people who read.
 */
function quickness(logSum: number, pauses: number): number {
  const seen = pauses === 0 ? 0 : Math.max(0, slowLog2 - logSum / pauses);
  return (seen * pauses + readersHalvings * doubt) / (pauses + doubt);
}

export default behavioural({
  id: 'cadence-change',
  family: 'out-of-pattern',
  summary:
    "The rhythm of use changes: a person's credential ticks like a machine, or a machine's is used by hand.",
  attack: ['T1550.001', 'T1078'],
  owasp: ['NHI10:2025', 'NHI2:2025', 'API6:2023'],
  runbook:
    'Ask what the credential is for. A service key with pauses like a person at a keyboard is somebody using it by hand; the reverse is a script.',
  actions: [
    'Ask the owner whether a schedule or script changed.',
    'If a person uses a machine credential, give them their own.',
    'Look for a new client or network in the same hour.',
  ],
  needs: ['credentialId'],
  state: {
    bits: hourly(),
    total: hourly(),
    habitTotal: fading(168),
    pauses: fading(6),
    pauseLogs: fading(6),
    hour: list(bins, 'i16', 'hourly'),
    habit: list(bins, 'f32', { halfLifeHours: 168 }),
  },
  features: [
    {
      name: 'cadence-bits',
      scale: 'log1p',
      shape: 'level',
      unit: 'bits',
      text: (o, e) => `pauses between requests unlike its own: ${o} bits; ${e} expected`,
    },
    {
      name: 'quickness',
      scale: 'linear',
      shape: 'level',
      text: (o, e) => `the usual pause between two actions is ${o} halvings of a minute; ${e} expected`,
    },
  ],
  score(_event, state, seen, out) {
    const pauseS = seen.opensHour ? 0 : seen.gapHours * 3600;
    const isPause = pauseS >= leastPauseS;
    out.set(
      1,
      quickness(state.pauseLogs + (isPause ? Math.log2(pauseS) : 0), state.pauses + (isPause ? 1 : 0)),
    );
    const habitTotal = state.habitTotal;
    if (habitTotal < enough) {
      out.set(0, notMeasured);
      return;
    }
    if (seen.opensHour) {
      out.set(0, Math.max(0, state.bits));
      return;
    }
    const bin = binOf(seen.gapHours);
    const bits = gapBits(state.hour.get(bin), state.total, state.habit.get(bin), habitTotal);
    out.set(0, Math.max(0, state.bits + bits));
  },
  learn(_event, state, seen) {
    // The pause before an hour's first request is the business of dormant-use.
    if (seen.opensHour) return;
    const pauseS = seen.gapHours * 3600;
    if (pauseS >= leastPauseS) {
      state.pauses += 1;
      state.pauseLogs += Math.log2(pauseS);
    }
    const bin = binOf(seen.gapHours);
    const habitTotal = state.habitTotal;
    const inHour = state.hour.get(bin);
    const inHabit = state.habit.get(bin);
    if (habitTotal >= enough) state.bits += gapBits(inHour, state.total, inHabit, habitTotal);
    if (inHour < mostInHour) {
      state.hour.set(bin, inHour + 1);
      state.total += 1;
    }
    state.habit.set(bin, inHabit + 1);
    state.habitTotal = habitTotal + 1;
  },
  misses: [
    {
      limit: "A thief's tool with the owner's own rhythm.",
      name: "a thief's tool that pauses like the owner",
      events: () =>
        gaps({ days: 10, last: 'person', fields: { clientAddress: '203.0.113.9', clientAsn: 64999 } }),
    },
    {
      limit: 'Requests an hour apart: only the pauses within an hour are judged.',
      name: "a robot uses a person's credential once an hour",
      events: function* () {
        yield* gaps({ days: 10, last: 'person' });
        const nextDay = endOf({ days: 11 }) + 9 * 3_600_000;
        for (let n = 0; n < 8; n += 1) yield call(nextDay + n * 3_600_000);
      },
    },
  ],
  falsePositives: [
    {
      limit: 'A job whose interval was changed.',
      name: 'the interval of a job was changed',
      events: function* () {
        const habit = { days: 6, perHour: 12 };
        yield* steady(habit);
        for (let n = 0; n < 60; n += 1) yield call(endOf(habit) + n * 60_000);
      },
    },
    {
      limit: 'A client that begins to send its requests in batches.',
      name: 'the job now sends its requests in batches',
      events: () => burst({ days: 6, perHour: 12, requests: 40, overMinutes: 1 }),
    },
  ],
  examples: [
    { name: 'a machine that ticks', events: () => steady({ days: 6, perHour: 12 }), expect: 'silence' },
    { name: 'a person types', events: () => gaps({ days: 10, last: 'person' }), expect: 'silence' },
    {
      name: "a person's credential begins to tick",
      events: () => gaps({ days: 10, last: 'robot' }),
      expect: 'finding',
    },
    {
      name: "a person takes over a machine's credential",
      events: () => gaps({ days: 10, habit: 'robot', last: 'person' }),
      expect: 'finding',
    },
  ],
});
