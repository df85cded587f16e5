import { detectors } from '../../detectors/index.ts';
import type { Model } from '../../schemas/model.ts';
import { nothingDeclared } from '../../src/engine/deployment.ts';
import type { BehaviouralDetector } from '../../src/engine/detector.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine, EngineOptions } from '../../src/engine/engine.types.ts';
import { columnsOf } from '../../src/engine/scorer.ts';

const day = 86_400_000;

/** A model without training: the plain sum of squashed residuals, so that tests don't depend on weights. */
export function plainModel(startThresholdBits = 12): Model {
  const behavioural = detectors.filter((d): d is BehaviouralDetector => d.kind === 'behavioural');
  const featureNames = columnsOf(behavioural).map(({ spec }) => spec.name);
  return {
    version: 1,
    featureNames,
    prior: { mean: featureNames.map(() => 1), variance: featureNames.map(() => 1) },
    networks: [
      {
        bias: -16,
        skip: [...featureNames.map(() => 1), 0, 0, 0],
        hidden: { weights: [], bias: [] },
        output: [],
      },
    ],
    calibration: { startThresholdBits, stepBits: 0.25, coldThresholdBits: startThresholdBits, rates: [] },
    provenance: {
      trainedAt: '2026-01-01',
      command: 'none',
      seeds: [],
      worlds: [],
      scenarios: [],
      figures: {},
    },
  };
}

export function testEngine(options: Partial<EngineOptions> = {}): Engine {
  return createEngine({
    detectors,
    model: plainModel(),
    deployment: nothingDeclared,
    alertsPerDay: 1,
    resolveAfterMs: 3_600_000,
    allowedLatenessMs: 120_000,
    maxAheadMs: 300_000,
    maxCredentials: 10_000,
    idleEvictionMs: 60 * day,
    sizes: { objects: 1 << 14, owners: 1 << 14, operations: 1 << 14, tokens: 1 << 14, names: 1000 },
    scores: true,
    simulated: false,
    runbookBase: 'https://example.com/runbooks/',
    ...options,
  });
}
