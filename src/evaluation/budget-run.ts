import type { Model } from '../../schemas/model.ts';
import type { Detector } from '../engine/detector.ts';
import { createWorld, type WorldOptions } from '../simulation/world.ts';
import { dayMs } from '../stats/durations.ts';
import { worldEngine } from './world-engine.ts';

export interface BudgetOutcome {
  readonly style: string;
  readonly seed: number;
  readonly fleet: number;
  readonly days: number;
  readonly rows: readonly {
    readonly asked: number;
    /** Distinct behavioural alerts raised on each day after the first week. */
    readonly perDay: readonly number[];
    readonly delivered: number;
    readonly thresholdBits: number;
  }[];
}

const settleDays = 7;

/** A clean world under several budgets: the alerts a day that each delivers. All engines see the same events. */
export function playBudget(
  options: WorldOptions,
  detectors: readonly Detector[],
  model: Model,
  asked: readonly number[],
): BudgetOutcome {
  const world = createWorld({ ...options, attacks: 'none' });
  const days = Math.round((world.endMs - world.startMs) / dayMs);
  const runs = asked.map((alertsPerDay) => ({
    alertsPerDay,
    raised: new Map<string, number>(),
    engine: worldEngine({
      detectors,
      model,
      alertsPerDay,
    }),
  }));
  const collect = () => {
    for (const { engine, raised } of runs) {
      for (const { id, kind, raisedAtMs } of engine.drain().alerts) {
        if (kind !== 'violation' && kind !== 'change') raised.set(id, raisedAtMs);
      }
    }
  };
  let events = 0;
  for (const { event } of world.calls()) {
    for (const { engine } of runs) engine.process(event, event.timestampMs, 'world', null);
    events += 1;
    if (events % 5_000 === 0) collect();
  }
  for (const { engine } of runs) engine.finish();
  collect();
  return {
    style: options.style ?? 'randomised',
    seed: options.seed,
    fleet: world.credentials.length,
    days: days - settleDays,
    rows: runs.map(({ alertsPerDay, raised, engine }) => {
      const perDay = new Array<number>(days - settleDays).fill(0);
      for (const atMs of raised.values()) {
        const day = Math.floor((atMs - world.startMs) / dayMs) - settleDays;
        if (day >= 0 && day < perDay.length) perDay[day] = (perDay[day] as number) + 1;
      }
      return {
        asked: alertsPerDay,
        perDay,
        delivered: perDay.reduce((sum, n) => sum + n, 0) / Math.max(1, perDay.length),
        thresholdBits: engine.figures().thresholdBits,
      };
    }),
  };
}
