import { exampleDeployment, exampleOptions } from '../../detectors/examples/deployment.ts';
import type { Model } from '../../schemas/model.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Detector, FeatureSpec, Stream } from '../../src/engine/detector.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { HourTrace } from '../../src/engine/engine.types.ts';
import { scaled } from '../../src/engine/habits.ts';
import { defaultSizes } from '../../src/engine/shared-memory.ts';

/** What one detector, alone in the real engine, made of one credential. */
export interface Verdict {
  /** Largest residual (on `height`) of the last hours, above that of a usual hour before them. */
  readonly rise: number;
  readonly feature: string;
  /** Texts of violations. */
  readonly violations: readonly string[];
}

const lastHours = 3;
const warmHours = 24;

/**
 * Runs the events through an engine that knows this detector only, with weights that never alert by
 * themselves; a first run shows where the type's habits lie, as training would have told.
 */
export function drive(detector: Detector, stream: Stream): Verdict {
  const names = detector.kind === 'behavioural' ? detector.features.map(({ name }) => name) : [];
  const specs: readonly FeatureSpec[] = detector.kind === 'behavioural' ? detector.features : [];
  const sums = names.map(() => 0);
  const hours = names.map(() => 0);
  if (names.length > 0) {
    run(
      detector,
      stream,
      names.map(() => 0),
      ({ moment, raw }) => {
        if (moment !== 'close') return;
        specs.forEach((spec, f) => {
          const value = scaled(spec, raw[f] ?? 0);
          if (Number.isNaN(value)) return;
          sums[f] = (sums[f] ?? 0) + value;
          hours[f] = (hours[f] ?? 0) + 1;
        });
      },
    );
  }
  const peaks = new Map<string, Map<number, Peak>>();
  const { engine, last } = run(
    detector,
    stream,
    sums.map((sum, f) => sum / Math.max(1, hours[f] ?? 0)),
    ({ credentialId: id, hour, activeHours, residuals }) => {
      const known = peaks.get(id) ?? new Map<number, Peak>();
      peaks.set(id, known);
      const so = known.get(hour) ?? { peak: 0, feature: '', activeHours };
      known.set(hour, so);
      residuals.forEach((residual, f) => {
        if (height(residual) <= so.peak) return;
        so.peak = height(residual);
        so.feature = names[f] ?? '';
      });
    },
  );
  const asked = stream.credentialId ?? last?.credentialId ?? '';
  const violations = engine
    .drain()
    .alerts.filter(({ credential }) => credential.id === asked)

    .flatMap(({ evidence }) => evidence)
    .filter((each) => each.kind === 'violation' && each.detector === detector.id)
    .map(({ text }) => text);
  return { ...rise(peaks.get(asked) ?? new Map()), violations };
}

/** Residuals on a scale on which a rise from 2 to 5 and one from 20 to 50 are about the same. */
function height(residual: number): number {
  return Math.min(8, Math.log2(1 + Math.max(0, residual)));
}

interface Peak {
  peak: number;
  feature: string;
  readonly activeHours: number;
}

function run(
  detector: Detector,
  { events, options, beside = [] }: Stream,
  means: number[],
  trace: (hour: HourTrace) => void,
) {
  const engine = createEngine({
    detectors: [detector, ...beside],
    model: silentModel(
      detector.kind === 'behavioural' ? detector.features.map(({ name }) => name) : [],
      means,
    ),
    detectorOptions: options === undefined ? exampleOptions : { [detector.id]: options },
    deployment: exampleDeployment,
    alertsPerDay: 10,
    resolveAfterMs: 3_600_000,
    allowedLatenessMs: 120_000,
    maxAheadMs: 300_000,
    maxCredentials: 1_000,
    idleEvictionMs: 60 * 86_400_000,
    sizes: { ...defaultSizes, objects: 1 << 14, owners: 1 << 14, operations: 1 << 12, tokens: 1 << 12 },
    scores: false,
    simulated: false,
    runbookBase: 'https://bearerwatch.example',
    trace,
  });
  let last: UsageEvent | undefined;
  for (const event of events()) {
    engine.process(event, event.timestampMs, 'p', null);
    last = event;
  }
  engine.finish();
  return { engine, last };
}

function rise(hours: ReadonlyMap<number, Peak>) {
  const end = Math.max(...hours.keys());
  const usual: number[] = [];
  let top = { peak: 0, feature: '' };
  for (const [hour, so] of hours) {
    if (hour > end - lastHours) top = so.peak > top.peak ? so : top;
    else if (so.activeHours >= warmHours) usual.push(so.peak);
  }
  usual.sort((a, b) => a - b);
  return { rise: top.peak - (usual[Math.floor(usual.length / 2)] ?? 0), feature: top.feature };
}

/** Weights of zero: every hour scores 0 bits, so everything is learnt and nothing alerts. */
function silentModel(featureNames: string[], mean: number[]): Model {
  const size = featureNames.length;
  const zeros = new Array<number>(size + 3).fill(0);
  return {
    version: 1,
    featureNames,
    prior: { mean, variance: new Array<number>(size).fill(0.3) },
    networks: [{ bias: 0, skip: zeros, hidden: { weights: [], bias: [] }, output: [] }],
    calibration: { startThresholdBits: 30, stepBits: 0.25, coldThresholdBits: 30, rates: [] },
    provenance: { trainedAt: '', command: '', seeds: [], worlds: [], scenarios: [], figures: {} },
  };
}

/** Seven standard deviations beyond a usual hour on the squashed scale, or a violation. */
export function isFinding(detector: Detector, { rise: risen, violations }: Verdict): boolean {
  return detector.kind === 'violation' ? violations.length > 0 : risen >= 2.5;
}

/** Within three of a usual hour, and no violation. */
export function isSilence(detector: Detector, { rise: risen, violations }: Verdict): boolean {
  return detector.kind === 'violation' ? violations.length === 0 : risen < 2;
}
