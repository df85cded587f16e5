import type { Alert } from '../../schemas/alert.ts';
import type { Model } from '../../schemas/model.ts';
import type { BehaviouralDetector, Detector } from '../engine/detector.ts';
import type { HourTrace } from '../engine/engine.types.ts';
import { scaled } from '../engine/habits.ts';
import { columnsOf } from '../engine/scorer.ts';
import { createRandom } from '../simulation/random.ts';
import { createWorld, type WorldOptions } from '../simulation/world.ts';
import { dayMs, hourMs } from '../stats/durations.ts';
import { partsOf, Rescorer } from './ablation.ts';
import { AttackLog } from './attack-log.ts';
import type { CleanDay, EpisodeOutcome, Method, Step, WorldOutcome } from './outcome.ts';
import { FirstSeenMemory, firstSeenRules } from './rivals/first-seen.ts';
import { type OtherModel, otherModel } from './rivals/other-model.ts';
import { randomCutForest } from './rivals/random-cut-forest.ts';
import type { Rival } from './rivals/rival.ts';
import { staticLimits } from './rivals/static-limits.ts';
import { residualSquares, zSquared } from './rivals/z-squared.ts';
import { servedAudiences, worldDeployment } from './world-deployment.ts';
import { worldEngine } from './world-engine.ts';

const highestKept = 15;

export interface PlayOptions {
  readonly world: WorldOptions & { readonly warmupDays: number };
  readonly detectors: readonly Detector[];
  readonly model: Model;
  /** Alerts a day per 1,000 credentials, for the explanations of real alerts. */
  readonly alertsPerThousand: number;
  /** Score again with each part switched off. */
  readonly ablation: boolean;
  /** Other combinations to compare with, on the same play; they must know the same features. */
  readonly beside?: readonly OtherModel[];
  readonly forest: { readonly trees: number; readonly sampleSize: number } | null;
}

/** Plays one world once through the product and all rivals: same events, same features, same hours. `seconds` is left 0. */
export function playWorld(options: PlayOptions): WorldOutcome {
  const world = createWorld(options.world);
  const fromHour = Math.floor((world.startMs + options.world.warmupDays * dayMs) / hourMs);
  const columns = columnsOf(
    options.detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural'),
  );
  const featureNames = columns.map(({ spec }) => spec.name);
  const parts = options.ablation ? partsOf(columns) : [];
  const beside = options.beside ?? [];
  const rivals: Rival[] = [
    zSquared(featureNames, 'common'),
    zSquared(featureNames, 'all'),
    residualSquares(),
    ...beside.map((other) => otherModel(other, columns.length)),
    ...(options.forest === null
      ? []
      : [
          randomCutForest(featureNames, {
            ...options.forest,
            memory: options.forest.sampleSize * 20,
            random: createRandom(options.world.seed).stream('forest'),
          }),
        ]),
    firstSeenRules(),
    staticLimits(featureNames),
  ];
  const variants = new Set(beside.map(({ id }) => id));
  const methods: Method[] = [
    { id: 'bearerwatch', label: 'Bearerwatch', kind: 'product' },
    ...rivals.map(({ id, label }) => ({
      id,
      label,
      kind: variants.has(id) ? ('variant' as const) : ('rival' as const),
    })),
    ...parts.map(({ id, label }) => ({ id, label, kind: 'ablation' as const })),
  ];
  const compared = 1 + rivals.length;
  const rescorer = new Rescorer(options.model, columns);
  const log = new AttackLog(world);
  const firstSeen = new FirstSeenMemory();
  const workloads = new Map(world.credentials.map(({ id, type, kind }) => [id, `${kind}, ${type}`]));
  const values = new Float64Array(columns.length);
  const scores = new Float32Array(methods.length);
  const hours: number[][] = Array.from({ length: compared }, () => []);
  const attacked: number[] = [];
  const cleanDays = new Map<string, Float32Array>();
  const highest: CleanDay[] = [];
  const episodes = world.episodes.map(() => ({
    best: new Float32Array(methods.length).fill(Number.NEGATIVE_INFINITY),
    steps: [] as Step[],
    topFamily: null as EpisodeOutcome['topFamily'],
    features: [] as string[],
  }));

  const visit = (hour: HourTrace) => {
    const isClose = hour.moment === 'close';
    const judged = hour.hour >= fromHour;
    const attack = judged ? log.attackOf(hour.credentialId, hour.hour) : undefined;
    if (attack !== undefined) step(hour, attack.index);
    if (!isClose) return;
    columns.forEach(({ spec, index }) => {
      const value = scaled(spec, hour.raw[index] as number);
      // Simpler scorers know no habit that has not begun.
      values[index] = Number.isNaN(value) ? 0 : value;
    });
    const fresh = firstSeen.close(hour.credentialId);
    scores[0] = hour.scoreBits;
    rivals.forEach((rival, r) => {
      scores[r + 1] = rival.score(hour, values, fresh, judged);
    });
    if (!judged) return;
    const near = attack === undefined && log.isNear(hour.credentialId, hour.hour);
    if (near) return;
    parts.forEach((part, p) => {
      scores[compared + p] = rescorer.scoreWithout(hour, part);
    });
    for (let m = 0; m < compared; m += 1) (hours[m] as number[]).push(scores[m] as number);
    attacked.push(log.isAttacked(hour.credentialId, hour.hour) ? 1 : 0);
    if (attack !== undefined) {
      raise((episodes[attack.index] as (typeof episodes)[number]).best, scores);
      return;
    }
    const day = Math.floor(hour.hour / 24);
    const key = `${hour.credentialId} ${day}`;
    const known = cleanDays.get(key);
    if (known === undefined) cleanDays.set(key, scores.slice());
    else raise(known, scores);
    remember(hour, day);
  };

  const step = (hour: HourTrace, index: number) => {
    const outcome = episodes[index] as (typeof episodes)[number];
    const progress = log.progress[index] as (typeof log.progress)[number];
    const last = outcome.steps.at(-1);
    if (last !== undefined && hour.scoreBits <= last.bits) return;
    outcome.steps.push({
      bits: hour.scoreBits,
      elapsedMs: Math.max(0, hour.timeMs - progress.firstMs),
      attackerEvents: progress.events,
      objects: progress.objects.size,
    });
    outcome.topFamily = rescorer.topFamily(hour);
    outcome.features = rescorer.topFeatures(hour, 4);
  };

  const remember = (hour: HourTrace, day: number) => {
    const least = highest.at(-1);
    if (highest.length >= highestKept && least !== undefined && hour.scoreBits <= least.bits) return;
    const same = highest.findIndex((d) => d.credentialId === hour.credentialId && d.day === day);
    if (same >= 0) {
      if ((highest[same] as CleanDay).bits >= hour.scoreBits) return;
      highest.splice(same, 1);
    }
    highest.push({
      credentialId: hour.credentialId,
      workload: workloads.get(hour.credentialId) ?? 'unknown',
      day: day - Math.floor(world.startMs / dayMs),
      bits: hour.scoreBits,
      events: hour.events,
      activeHours: Math.round(hour.activeHours),
      features: rescorer.topFeatures(hour, 4),
    });
    highest.sort((a, b) => b.bits - a.bits);
    highest.length = Math.min(highest.length, highestKept);
  };

  const engine = worldEngine({
    detectors: options.detectors,
    model: options.model,
    deployment: worldDeployment(world),
    detectorOptions: { 'wrong-audience': { audiences: servedAudiences(world, fromHour * hourMs) } },
    alertsPerDay: Math.max(2, (options.alertsPerThousand * world.credentials.length) / 1000),
    trace: visit,
  });
  const alerts = new Map<string, Alert>();
  const collect = () => {
    for (const alert of engine.drain().alerts) if (alert.kind !== 'change') alerts.set(alert.id, alert);
  };
  let events = 0;
  for (const call of world.calls()) {
    events += 1;
    log.note(call);
    engine.process(call.event, call.event.timestampMs, 'world', null);
    firstSeen.observe(call.event);
    if (events % 10_000 === 0) collect();
  }
  engine.finish();
  collect();

  const rows = [...cleanDays.values()];
  const byCredential = Map.groupBy(alerts.values(), ({ credential }) => credential.id);
  return {
    style: options.world.style ?? 'randomised',
    seed: options.world.seed,
    fleet: world.credentials.length,
    events,
    seconds: 0,
    methods,
    cleanDays: methods.map((_, m) => Float32Array.from(rows, (row) => row[m] as number)),
    hours: hours.map((list) => Float32Array.from(list)),
    attacked: Uint8Array.from(attacked),
    episodes: world.episodes.flatMap((episode, index): EpisodeOutcome[] => {
      const progress = log.progress[index] as (typeof log.progress)[number];
      const outcome = episodes[index] as (typeof episodes)[number];
      if (episode.chaff || progress.events === 0 || outcome.steps.length === 0) return [];
      const during = (byCredential.get(episode.credentialId) ?? []).filter(
        ({ lastEventMs, raisedAtMs }) =>
          lastEventMs >= episode.startMs && raisedAtMs <= episode.endMs + 2 * hourMs,
      );
      return [
        {
          scenario: episode.scenario,
          credentialId: episode.credentialId,
          campaign: episode.campaign,
          violation: episode.violation,
          best: outcome.best,
          steps: outcome.steps,
          attackerEvents: progress.events,
          objects: progress.objects.size,
          families: [episode.family, ...episode.alsoFamilies],
          topFamily: outcome.topFamily,
          alertFamily: during[0]?.family ?? null,
          violationAlert: during.some(({ evidence }) => evidence.some(({ kind }) => kind === 'violation')),
          features: outcome.features,
        },
      ];
    }),
    highestClean: highest,
    falseViolations: [...alerts.values()].flatMap((alert) =>
      alert.raisedAtMs >= fromHour * hourMs &&
      alert.evidence.some(({ kind }) => kind === 'violation') &&
      !log.isNear(alert.credential.id, Math.floor(alert.raisedAtMs / hourMs))
        ? [`${alert.detectors.join('+')}: ${workloads.get(alert.credential.id) ?? 'unknown'}`]
        : [],
    ),
  };
}

function raise(best: Float32Array, scores: Float32Array): void {
  for (let m = 0; m < best.length; m += 1) {
    if ((scores[m] as number) > (best[m] as number)) best[m] = scores[m] as number;
  }
}
