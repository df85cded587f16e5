import { type Check, finding, fine, untold } from '../check.ts';
import { mostWorkloads } from '../credential-facts.ts';

export const shared: Check = {
  id: 'shared',
  summary: 'One credential is used by many workloads: pairs of network and client on one day.',
  owasp: ['NHI9:2025', 'NHI2:2025'],
  misses:
    'Workloads with the same client in the same network. One workload that scales over many networks, or people who roam, look like many.',
  action: 'Give every workload a credential of its own: a shared one cannot be revoked without harm.',
  judge({ workloads }, { options }) {
    if (workloads.knownDays === 0) return untold('the log has neither addresses nor clients of its calls');
    if (workloads.sharedDays * 2 < workloads.knownDays) return fine;
    const most = workloads.most >= mostWorkloads ? `${mostWorkloads} or more` : `up to ${workloads.most}`;
    return finding(
      'medium',
      `${most} workloads on one day, on ${workloads.sharedDays} of ${workloads.knownDays} days at least ${options.workloads}`,
      `fewer than ${options.workloads} a day`,
    );
  },
};
