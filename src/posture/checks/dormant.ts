import { type Check, finding, fine, untold } from '../check.ts';
import { daysBetween } from '../survey.ts';

export const dormant: Check = {
  id: 'dormant',
  summary: 'A credential that was in use has not been used for long, or slept for long and woke again.',
  owasp: ['NHI1:2025'],
  misses:
    'Credentials that were never used: only their issuer knows them. Whether a silent one still works is in no log. Yearly jobs look dormant.',
  action:
    'Ask the owner whether it is still needed; if nobody answers, revoke it: it opens doors for nobody.',
  judge(facts, { options: { dormantDays }, lastMs, spanDays }) {
    if (facts.type === 'session' || facts.type === 'opaque_token')
      return untold('sessions and opaque tokens end by themselves');
    if (spanDays < dormantDays) return untold(`the log spans less than ${dormantDays} days`);
    const silentDays = daysBetween(facts.lastMs, lastMs);
    const limit = `at most ${dormantDays} days without use`;
    if (silentDays >= dormantDays) return finding('medium', `no use for ${silentDays} days`, limit);
    const gapDays = facts.days.longestGap();
    return gapDays >= dormantDays
      ? finding('medium', `no use for ${gapDays} days, then used again`, limit)
      : fine;
  },
};
