import { columnsNamed, type Rival } from './rival.ts';

/** An hour's usual limits of an API gateway; the score is the largest multiple of one of them. */
const limits = {
  requests: 1_000,
  'busiest-five-minutes': 300,
  'client-errors': 100,
  denied: 30,
  'new-objects': 500,
  bytes: 500_000_000,
} as const;

export function staticLimits(featureNames: readonly string[]): Rival {
  const names = Object.keys(limits) as (keyof typeof limits)[];
  const columns = columnsNamed(featureNames, names);
  return {
    id: 'static-limits',
    label: 'static limits',
    score({ raw }) {
      let most = 0;
      names.forEach((name, n) => {
        most = Math.max(most, (raw[columns[n] as number] as number) / limits[name]);
      });
      return most;
    },
  };
}
