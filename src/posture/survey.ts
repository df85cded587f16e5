import { median } from 'simple-statistics';
import { dayMs } from '../stats/durations.ts';
import type { CredentialFacts } from './credential-facts.ts';
import type { Inventory } from './inventory.ts';
import type { Operation } from './operation.ts';
import type { PostureOptions } from './posture-options.ts';
import { type Rotation, rotations } from './rotation.ts';

/** What is known of all credentials together: the measure for each one. */
export interface Survey {
  readonly options: PostureOptions;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly spanDays: number;
  readonly operations: readonly Operation[];
  /** Words in the name of any operation seen. */
  readonly operationWords: ReadonlySet<string>;
  /** By kind of credential at a gateway. */
  readonly rotations: ReadonlyMap<string, Rotation>;
  /** Of tokens, by issuer. */
  readonly lifetimes: ReadonlyMap<string, { readonly credentials: number; readonly medianMs: number }>;
}

export function surveyOf(
  inventory: Inventory,
  credentials: readonly CredentialFacts[],
  options: PostureOptions,
): Survey {
  const { firstMs, lastMs, operations } = inventory;
  return {
    options,
    firstMs,
    lastMs,
    spanDays: daysBetween(firstMs, lastMs),
    operations,
    operationWords: new Set(operations.flatMap(({ words }) => [...words])),
    rotations: rotations(credentials, firstMs, lastMs),
    lifetimes: lifetimesOf(credentials),
  };
}

/** Whole days; 0 when nothing was seen. */
export function daysBetween(fromMs: number, toMs: number): number {
  return toMs > fromMs ? Math.floor((toMs - fromMs) / dayMs) : 0;
}

function lifetimesOf(credentials: readonly CredentialFacts[]): Survey['lifetimes'] {
  const byIssuer = new Map<string, number[]>();
  for (const { issuer, longestLifetimeMs } of credentials) {
    if (issuer === null || longestLifetimeMs === null) continue;
    const known = byIssuer.get(issuer);
    if (known === undefined) byIssuer.set(issuer, [longestLifetimeMs]);
    else known.push(longestLifetimeMs);
  }
  return new Map(
    [...byIssuer].map(([issuer, ms]) => [issuer, { credentials: ms.length, medianMs: median(ms) }]),
  );
}
