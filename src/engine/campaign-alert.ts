import type { Alert, Evidence } from '../../schemas/alert.ts';
import type { Campaign, Link } from './campaigns.ts';

const mostEvidence = 8;

const sharedBy: Readonly<Record<Link['what'], string>> = {
  network: 'network that none of them had used before',
  client: 'client that none of them had used before',
  operation: 'operation that none of them had used before',
  issuer: 'credential under suspicion that issued them',
};

const firstStep: Readonly<Record<Link['what'], string>> = {
  network: 'Block the network at the gateway unless somebody claims it.',
  client: 'Block the client by its user agent and TLS fingerprint unless somebody claims it.',
  operation: 'Ask whether the operation was released today: a release explains all of these at once.',
  issuer:
    'Take every right from the issuer, then revoke what it issued: new sessions come as fast as old ones end.',
};

/** One alert for a whole campaign, told by the incident that made it news. Pure. */
export function campaignAlert(campaign: Campaign, lead: Alert): Alert {
  const count = campaign.members.length + campaign.unlisted;
  const shared = `One ${sharedBy[campaign.link.what]}${campaign.link.name === '' ? '' : ` (${campaign.link.name})`}`;
  const text = `${shared} is behind incidents of ${count} credentials within hours; 0 expected`;
  const link: Evidence = {
    detector: lead.detectors[0] ?? 'new-context',
    family: lead.family,
    kind: 'behavioural',
    feature: `shared-${campaign.link.what}`,
    bits: lead.scoreBits,
    observed: count,
    expected: 0,
    text,
    credentialFrequency: campaign.link.what === 'issuer' ? null : 'UNSEEN',
    peerFrequency: campaign.link.what === 'issuer' ? null : 'RARE',
  };
  const others = campaign.members.filter((id) => id !== lead.credential.id);
  return {
    ...lead,
    id: campaign.id,
    kind: 'group',
    state: campaign.resolvedMs === null ? 'firing' : 'resolved',
    campaign: null,
    title: `Campaign over ${count} credentials by one ${campaign.link.what}`,
    summary: `${text}. The latest: ${lead.summary}`,
    severity: campaign.severity,
    members: others,
    firstEventMs: Math.min(lead.firstEventMs, campaign.openedMs),
    lastEventMs: Math.max(lead.lastEventMs, campaign.lastMs),
    raisedAtMs: campaign.openedMs,
    resolvedAtMs: campaign.resolvedMs,
    evidence: [link, ...lead.evidence].slice(0, mostEvidence),
    actions: [
      firstStep[campaign.link.what],
      `Revoke or rotate the ${count} credentials listed here, the ones with data behind them first.`,
      ...lead.actions,
    ].slice(0, 6),
  };
}
