import type { RecentEvent } from './recent-events.ts';
import { strangeness } from './strangeness.ts';

export const mostExamples = 5;
/** With fewer examples an alert is told again once there are so many. */
export const examplesWanted = 3;

/**
 * Keeps in `examples` what the incident is about: while the owner goes on beside a thief, the thief's calls.
 * With fewer of them than an alert wants, ordinary ones stand beside them until there are more. `chain`: the
 * credential's latest events, newest first; of them only the newest is looked at once there are examples.
 */
export function exemplify(examples: RecentEvent[], chain: readonly RecentEvent[]): void {
  const [newest] = chain;
  if (newest === undefined) return;
  if (examples.length > 0) {
    show(examples, newest);
    return;
  }
  const alike = chain.filter((recent) => recent.strangeness >= newest.strangeness);
  const beside = chain
    .filter((recent) => recent.strangeness < newest.strangeness)
    .slice(0, Math.max(0, examplesWanted - alike.length));
  examples.push(...[...beside, ...alike].sort((a, b) => timeOf(a) - timeOf(b)));
}

/** When the examples were that say most. */
export function timesOfTelling(examples: readonly RecentEvent[]): number[] {
  return telling(examples).map(timeOf);
}

const timeOf = ({ event }: RecentEvent): number => event.timestampMs;

/** One that was saved before examples were weighed says nothing of it. */
function telling(examples: readonly RecentEvent[]): readonly RecentEvent[] {
  const most = Math.max(...examples.map(({ strangeness: weight = 0 }) => weight));
  return examples.filter(({ strangeness: weight = 0 }) => weight === most);
}

/** What says less makes room. Those with which it began are kept; of strange ones the last is the latest. */
function show(examples: RecentEvent[], candidate: RecentEvent): void {
  if (examples.some(({ number }) => number === candidate.number)) return;
  const isFull = examples.length >= mostExamples;
  const said = telling(examples)[0]?.strangeness ?? strangeness.ordinary;
  if (candidate.strangeness < said && examples.length >= examplesWanted) return;
  const less = examples.findIndex(({ strangeness: weight = 0 }) => weight < candidate.strangeness);
  if (less >= 0 && examples.length >= examplesWanted) examples.splice(less, 1);
  else if (isFull && candidate.strangeness === strangeness.ordinary) return;
  else if (isFull) examples.pop();
  examples.push(candidate);
}
