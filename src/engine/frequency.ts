import type { frequencyClasses } from '../../schemas/alert.ts';

type FrequencyClass = (typeof frequencyClasses)[number];

/** How common the value behind an evidence is, for its credential and for the credential's peers. */
export interface Frequency {
  readonly name: string;
  readonly credential: FrequencyClass;
  readonly peers: FrequencyClass;
}

/** Share of credential-hours that show a value, as one word. */
export function frequencyClass(share: number): FrequencyClass {
  if (share <= 0) return 'UNSEEN';
  if (share < 0.01) return 'RARE';
  return share < 0.1 ? 'INFREQUENT' : 'FREQUENT';
}
