import { type Check, finding, fine, untold } from '../check.ts';
import { groupOf } from '../rotation.ts';
import { secretIdentity } from '../secret-identity.ts';
import { daysBetween } from '../survey.ts';

/** One consumer that changes its key is not yet a custom. */
const fewestOthers = 2;
/** How far from both ends of the log use may begin and end, and still be throughout. */
const edgeShare = 0.1;

export const neverRotated: Check = {
  id: 'never-rotated',
  summary: 'A key stayed the same while other consumers of the gateway changed theirs.',
  owasp: ['NHI7:2025', 'NHI1:2025'],
  misses:
    'A change behind an id that stays, and fleets in which nobody changes keys (over-age sees those). A second key that takes turns with the first looks like a change.',
  action: 'Rotate it now, and put it on the schedule that the others are on.',
  judge(facts, { options: { rotationDays }, firstMs, lastMs, spanDays, rotations }) {
    const identity = secretIdentity(facts);
    if (identity === 'changing') return fine;
    if (identity === 'unknown') return untold('the log does not tell one secret from the next');
    if (facts.consumer === null) return untold('the log does not tell whose key it is (consumer.id)');
    if (spanDays < rotationDays) return untold(`the log spans less than ${rotationDays} days`);
    const { changed } = rotations.get(groupOf(facts)) ?? { changed: new Set<string>() };
    if (changed.has(facts.consumer)) return fine;
    if (changed.size < fewestOthers)
      return untold(`fewer than ${fewestOthers} other consumers changed a key of this kind in the log`);
    const days = daysBetween(facts.firstMs, facts.lastMs);
    // A key that came or went inside the log may be half of a change.
    const marginMs = (lastMs - firstMs) * edgeShare;
    const isThroughout = facts.firstMs <= firstMs + marginMs && facts.lastMs >= lastMs - marginMs;
    if (!isThroughout || days < rotationDays) return fine;
    return finding(
      'low',
      `unchanged for ${days} of ${spanDays} days`,
      `${changed.size} other consumers changed theirs`,
    );
  },
};
