import { dayMs } from '../stats/durations.ts';
import type { CredentialFacts } from './credential-facts.ts';

/** Old and new key may be in use side by side for as long. */
const longestOverlapMs = 14 * dayMs;

/** How the consumers of one gateway and kind of credential treat their keys. */
export interface Rotation {
  /** Consumers with a key that another one of theirs has replaced. */
  readonly changed: ReadonlySet<string>;
  readonly consumers: number;
}

/** Credentials of one group can be compared with each other. */
export const groupOf = ({ gateway, type }: CredentialFacts): string => `${gateway} ${type}`;

/** By group. A key that was there from the beginning, or is used to the end, is no sign of a change. */
export function rotations(
  credentials: readonly CredentialFacts[],
  firstMs: number,
  lastMs: number,
): ReadonlyMap<string, Rotation> {
  const groups = new Map<string, Map<string, CredentialFacts[]>>();
  for (const facts of credentials) {
    if (facts.consumer === null) continue;
    const group = groups.get(groupOf(facts)) ?? new Map<string, CredentialFacts[]>();
    groups.set(groupOf(facts), group);
    const keys = group.get(facts.consumer);
    if (keys === undefined) group.set(facts.consumer, [facts]);
    else keys.push(facts);
  }
  const isReplaced = (keys: readonly CredentialFacts[]) => {
    const newcomers = keys.filter((key) => key.firstMs > firstMs + dayMs);
    const gone = keys.filter((key) => key.lastMs < lastMs - dayMs);
    return gone.some((before) =>
      newcomers.some(
        (after) =>
          after !== before &&
          after.firstMs > before.firstMs + dayMs &&
          after.lastMs > before.lastMs &&
          Math.abs(after.firstMs - before.lastMs) <= longestOverlapMs,
      ),
    );
  };
  return new Map(
    [...groups].map(([group, consumers]) => [
      group,
      {
        changed: new Set([...consumers].flatMap(([consumer, keys]) => (isReplaced(keys) ? [consumer] : []))),
        consumers: consumers.size,
      },
    ]),
  );
}
