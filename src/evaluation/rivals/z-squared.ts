import { firstSeenKinds } from './first-seen.ts';
import { columnsNamed, commonFeatures, type Rival } from './rival.ts';
import { RunningZ } from './running-z.ts';

const flagWeight = 9;

/** The twenty lines to beat: Σ max(0, z)² over the features, and three standard deviations for every first-seen kind. */
export function zSquared(featureNames: readonly string[], which: 'common' | 'all'): Rival {
  const columns =
    which === 'all' ? featureNames.map((_, f) => f) : columnsNamed(featureNames, commonFeatures);
  const running = new RunningZ(columns);
  return {
    id: which === 'all' ? 'z2-all' : 'z2-14',
    label: which === 'all' ? `z², all ${columns.length} features` : 'z², 14 features',
    score({ credentialId }, scaled, fresh) {
      let sum = flagWeight * firstSeenKinds(fresh);
      for (const z of running.measure(credentialId, scaled)) if (z > 0) sum += z * z;
      return sum;
    },
  };
}

/** The same sum over the product's own residuals: what is left of it without the learned combination. */
export function residualSquares(): Rival {
  return {
    id: 'z2-residuals',
    label: "z² of the product's residuals",
    score({ residuals }) {
      let sum = 0;
      for (const u of residuals) if (u > 0) sum += u * u;
      return sum;
    },
  };
}
