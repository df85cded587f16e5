import { hourMs } from '../../stats/durations.ts';
import { type Check, finding, fine, untold } from '../check.ts';

const fewestPeers = 5;
const times = 4;

export const outlyingLifetime: Check = {
  id: 'outlying-lifetime',
  summary: 'Its tokens live several times longer than is usual for their issuer.',
  owasp: ['NHI7:2025'],
  misses:
    'An issuer all of whose tokens live too long (weak-token has a fixed limit), and one with few credentials.',
  action: 'Look for an exception in the issuer’s settings of this client, and remove it.',
  judge({ issuer, longestLifetimeMs }, { lifetimes }) {
    if (issuer === null || longestLifetimeMs === null)
      return untold('the log has no issuer, issue and expiry of its tokens');
    const usual = lifetimes.get(issuer);
    if (usual === undefined || usual.credentials < fewestPeers)
      return untold(`fewer than ${fewestPeers} credentials of its issuer to compare with`);
    const { medianMs, credentials } = usual;
    if (longestLifetimeMs < times * medianMs || longestLifetimeMs - medianMs < hourMs) return fine;
    return finding(
      'low',
      `tokens valid for up to ${hours(longestLifetimeMs)} h`,
      `${hours(medianMs)} h, the median of ${credentials} credentials of its issuer`,
    );
  },
};

const hours = (ms: number) => Number((ms / hourMs).toPrecision(3));
