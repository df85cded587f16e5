import { hourMs } from '../../stats/durations.ts';
import { type Check, finding, fine, untold } from '../check.ts';

export const weakToken: Check = {
  id: 'weak-token',
  summary: 'Its tokens are unsigned, never expire, or are valid for too long.',
  owasp: ['NHI4:2025', 'NHI7:2025'],
  misses: 'A guessable signing secret and a missing check of the signature, which no log shows.',
  action: 'Refuse unsigned tokens at the gateway; shorten the lifetime at the issuer.',
  judge(facts, { options: { maxTokenHours } }) {
    const { unsignedUses, endlessUses, longestLifetimeMs } = facts;
    if (unsignedUses > 0)
      return finding('critical', `alg none accepted in ${unsignedUses} calls`, 'signed tokens only');
    if (endlessUses > 0)
      return finding('high', `tokens without expiry in ${endlessUses} calls`, `at most ${maxTokenHours} h`);
    if (longestLifetimeMs === null) return untold('the log has no issue and expiry of its tokens');
    const hours = Math.round(longestLifetimeMs / hourMs);
    return hours > maxTokenHours
      ? finding('medium', `tokens valid for up to ${hours} h`, `at most ${maxTokenHours} h`)
      : fine;
  },
};
