import type { AlertsConfig, EngineConfig, ListsConfig } from '../../schemas/config/engine.ts';
import type { Model } from '../../schemas/model.ts';
import { deploymentOf } from './deployment.ts';
import type { Detector } from './detector.ts';
import type { EngineOptions } from './engine.types.ts';
import { defaultSizes } from './shared-memory.ts';

export interface EngineSetting {
  readonly alerts: AlertsConfig;
  readonly engine: EngineConfig;
  readonly lists: ListsConfig;
  /** Contents of `lists.revokedFile`. */
  readonly revoked: ReadonlySet<string>;
}

/** Engine options from the configuration; what is not configured is spelled out by the caller. */
export function engineOptions(
  { alerts, engine, lists, revoked }: EngineSetting,
  detectors: readonly Detector[],
  model: Model,
  rest: Pick<EngineOptions, 'scores' | 'simulated' | 'runbookBase'> & Partial<Pick<EngineOptions, 'trace'>>,
): EngineOptions {
  return {
    detectors,
    model,
    detectorOptions: { 'wrong-audience': { audiences: lists.audiences } },
    deployment: deploymentOf(lists, revoked),
    alertsPerDay: alerts.perDay,
    resolveAfterMs: alerts.resolveAfterMs,
    allowedLatenessMs: engine.allowedLatenessMs,
    maxAheadMs: engine.maxAheadMs,
    maxCredentials: engine.maxCredentials,
    idleEvictionMs: engine.idleEvictionMs,
    sizes: defaultSizes,
    ...rest,
  };
}
