import * as layouts from './core-layout.ts';
import type { Dimension } from './observe-values.ts';
import type { RecordLayout } from './record-layout.ts';

/** The categorical dimensions in which a credential has habits. Their numbers are stored: they do not change. */
export interface Dimensions {
  readonly networks: Dimension;
  readonly places: Dimension;
  readonly clients: Dimension;
  readonly countries: Dimension;
  readonly routes: Dimension;
  readonly scopes: Dimension;
  readonly environments: Dimension;
}

export function addDimensions(layout: RecordLayout): Dimensions {
  const dimension = (
    number: number,
    strength: number,
    discount: number,
    slots: Dimension['slots'],
  ): Dimension => ({ number, novelty: { strength, discount }, slots });
  return {
    networks: dimension(1, 1, 0.5, layout.add('networks', layouts.networkLayout)),
    places: dimension(2, 0.5, 0.25, layout.add('places', layouts.placeLayout)),
    clients: dimension(3, 0.5, 0.25, layout.add('clients', layouts.clientLayout)),
    countries: dimension(4, 0.5, 0.25, layout.add('countries', layouts.countryLayout)),
    routes: dimension(5, 0.5, 0.5, layout.add('routes', layouts.routeLayout)),
    scopes: dimension(6, 0.5, 0.25, layout.add('scopes', layouts.scopeLayout)),
    environments: dimension(10, 0.2, 0.25, layout.add('environments', layouts.environmentLayout)),
  };
}

/** Of the hours of the week, which are counted as the values of the others are. */
export const hourDimension = 8;
