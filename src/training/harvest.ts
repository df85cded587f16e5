import { detectors } from '../../detectors/index.ts';
import { derivedInputs, type Model } from '../../schemas/model.ts';
import type { BehaviouralDetector } from '../engine/detector.ts';
import type { HourTrace } from '../engine/engine.types.ts';
import { scaled } from '../engine/habits.ts';
import { columnsOf } from '../engine/scorer.ts';
import { worldEngine } from '../evaluation/world-engine.ts';
import { createWorld, type Episode, type World, type WorldOptions } from '../simulation/world.ts';
import { dayMs, hourMs } from '../stats/durations.ts';
import { inputsOf } from './samples.ts';

/** One judged credential-hour with what the world knows about it. */
export interface HarvestedHour {
  readonly credentialId: string;
  readonly hour: number;
  readonly moment: HourTrace['moment'];
  readonly inputs: Float32Array;
  readonly scaled: Float32Array;
  readonly scoreBits: number;
  /** Index of the attack in the world's episodes, −1 for none. */
  readonly episode: number;
  /** That attack breaks a rule outright: nothing to learn from. */
  readonly violation: boolean;
  /** Benign, but within a day of an attack on the same credential. */
  readonly nearAttack: boolean;
  readonly activeHours: number;
  /** Since the world's first event could come. */
  readonly streamMs: number;
}

export interface Harvest {
  readonly world: World;
  readonly events: number;
}

const columns = columnsOf(detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural'));
export const featureNames = columns.map(({ spec }) => spec.name);

/** Columns by detector. */
export function featureGroups(): number[][] {
  const groups = new Map<string, number[]>();
  for (const { detector, index } of columns)
    groups.set(detector.id, [...(groups.get(detector.id) ?? []), index]);
  return [...groups.values()];
}

/** Columns of quantities that only grow while an hour runs. */
export function totalColumns(): number[] {
  return columns.filter(({ spec }) => spec.shape === 'total').map(({ index }) => index);
}

/** Columns of evidence that needs no habit. */
export function evidenceColumns(): number[] {
  return columns.filter(({ spec }) => spec.habit === 'none').map(({ index }) => index);
}

/** Columns that most credentials never show any of. */
export function sparseColumns(): number[] {
  return columns.filter(({ spec }) => spec.sparse === true).map(({ index }) => index);
}

/** Plays a world through the engine and hands over every active hour after the warm-up. */
export function harvest(
  options: WorldOptions,
  model: Model,
  alertsPerDay: number,
  visit: (hour: HarvestedHour) => void,
): Harvest {
  const world = createWorld(options);
  const fromHour = Math.floor((world.startMs + (options.warmupDays ?? 14) * dayMs) / hourMs);
  const byCredential = new Map<string, { episode: Episode; index: number }[]>();
  world.episodes.forEach((episode, index) => {
    const list = byCredential.get(episode.credentialId) ?? [];
    list.push({ episode, index });
    byCredential.set(episode.credentialId, list);
  });
  const attackedHours = new Map<string, number>();
  const inputs = new Float64Array(featureNames.length + derivedInputs);
  const engine = worldEngine({
    detectors,
    model,
    alertsPerDay,
    trace(hour) {
      if (hour.hour < fromHour) return;
      const episode = attackedHours.get(`${hour.credentialId} ${hour.hour}`) ?? -1;
      const near =
        episode < 0 &&
        (byCredential.get(hour.credentialId) ?? []).some(
          ({ episode: { startMs, endMs } }) =>
            hour.hour * hourMs > startMs - dayMs && hour.hour * hourMs < endMs + dayMs,
        );
      visit({
        credentialId: hour.credentialId,
        hour: hour.hour,
        moment: hour.moment,
        inputs: Float32Array.from(inputsOf(hour.residuals, hour.activeHours, inputs)),
        scaled: Float32Array.from(hour.raw, (value, f) =>
          scaled((columns[f] as (typeof columns)[number]).spec, value),
        ),
        scoreBits: hour.scoreBits,
        episode,
        violation: world.episodes[episode]?.violation ?? false,
        nearAttack: near,
        activeHours: hour.activeHours,
        streamMs: hour.hour * hourMs - world.startMs,
      });
    },
  });
  let events = 0;
  for (const { event, attack } of world.calls()) {
    events += 1;
    if (attack !== null && !attack.chaff) {
      const index = world.episodes.findIndex(
        (e) =>
          e.credentialId === attack.credentialId &&
          e.scenario === attack.scenario &&
          e.startMs === attack.startMs,
      );
      attackedHours.set(`${event.credentialId} ${Math.floor(event.timestampMs / hourMs)}`, index);
    }
    engine.process(event, event.timestampMs, 'world', null);
    if (events % 10_000 === 0) engine.drain();
  }
  engine.finish();
  engine.drain();
  return { world, events };
}
