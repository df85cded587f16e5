import { nothingDeclared } from '../engine/deployment.ts';
import { createEngine } from '../engine/engine.ts';
import type { Engine, EngineOptions } from '../engine/engine.types.ts';
import { defaultSizes } from '../engine/shared-memory.ts';
import { dayMs, hourMs } from '../stats/durations.ts';

/** The engine that judges a simulated world: everything fits, nothing is declared unless told, its clocks are right. */
export function worldEngine(
  options: Pick<EngineOptions, 'detectors' | 'model' | 'alertsPerDay'> &
    Partial<Pick<EngineOptions, 'deployment' | 'detectorOptions' | 'trace'>>,
): Engine {
  return createEngine({
    deployment: nothingDeclared,
    resolveAfterMs: hourMs,
    allowedLatenessMs: 120_000,
    maxAheadMs: Number.POSITIVE_INFINITY,
    maxCredentials: 1_000_000,
    idleEvictionMs: 365 * dayMs,
    sizes: defaultSizes,
    scores: false,
    simulated: true,
    runbookBase: '',
    ...options,
  });
}
