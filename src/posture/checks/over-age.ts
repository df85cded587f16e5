import { dayMs } from '../../stats/durations.ts';
import { type Check, finding, fine, untold } from '../check.ts';
import { secretIdentity } from '../secret-identity.ts';
import { daysBetween } from '../survey.ts';

export const overAge: Check = {
  id: 'over-age',
  summary: 'One secret has been in use for longer than secrets may be.',
  owasp: ['NHI7:2025'],
  misses:
    'What happened before the log begins: ages are the least that they can be. The id by which a gateway names a key may outlive the secret behind it.',
  action: 'Issue a new secret, move the owner to it, revoke the old one; then give it an end by itself.',
  judge(facts, { options: { maxAgeDays } }) {
    const limit = `at most ${maxAgeDays} days`;
    const tokenDays = facts.oldestTokenMs === null ? 0 : Math.floor(facts.oldestTokenMs / dayMs);
    if (tokenDays >= maxAgeDays) return finding('medium', `a token ${tokenDays} days after its issue`, limit);
    const identity = secretIdentity(facts);
    if (identity === 'changing') return fine;
    if (identity === 'unknown')
      return facts.oldestTokenMs === null
        ? untold('the log names an owner or an issuer’s client, and no token or time of issue')
        : fine;
    const days = daysBetween(facts.firstMs, facts.lastMs);
    if (days >= maxAgeDays) {
      const what = identity === 'same' ? 'the same secret' : 'under the same id at the gateway';
      return finding('medium', `${what} for at least ${days} days`, limit);
    }
    return facts.oldestTokenMs === null
      ? untold(`seen for less than ${maxAgeDays} days; how old it was before is in no log`)
      : fine;
  },
};
