import type { Alert } from '../../schemas/alert.ts';
import type { Position } from '../../schemas/position.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { campaignAlert } from './campaign-alert.ts';
import type { Campaign, Campaigns } from './campaigns.ts';
import { changeAlert, resolvedChange } from './common-change-alert.ts';
import type { CommonChange, CommonChanges } from './common-changes.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { Detector } from './detector.ts';
import type { Explaining } from './explaining.ts';
import { alertOf, credentialOf, exampleOf } from './explanation.ts';
import { examplesWanted } from './incident-examples.ts';
import type { Incident, Incidents } from './incidents.ts';
import { trust } from './trust.ts';

const newsBits = 10;

export interface TellingParts {
  readonly memory: CredentialMemory;
  readonly explaining: Explaining;
  readonly incidents: Incidents;
  readonly campaigns: Campaigns;
  readonly changes: CommonChanges;
}

/** When an incident or a campaign has something new to say, and the alerts that say it. */
export class Telling {
  alerts: Alert[] = [];
  /** Of the alerts, the first that the event in hand can have given. */
  #begun = 0;
  readonly #parts: TellingParts;
  readonly #detectors: ReadonlyMap<string, Detector>;
  readonly #simulated: boolean;
  readonly #runbookBase: string;

  constructor(
    parts: TellingParts,
    detectors: readonly Detector[],
    { simulated, runbookBase }: { readonly simulated: boolean; readonly runbookBase: string },
  ) {
    this.#parts = parts;
    this.#detectors = new Map(detectors.map((detector) => [detector.id, detector]));
    this.#simulated = simulated;
    this.#runbookBase = runbookBase;
  }

  /** Another event, or the end, comes. */
  begin(): void {
    this.#begun = this.alerts.length;
  }

  /**
   * Delivers when there is something new to say: first time, another detector, ten bits more, or that it
   * goes on after it was told to be over. True when the incident belongs to a campaign that was told before it.
   */
  tell(incident: Incident, timeMs: number): boolean {
    const { campaigns } = this.#parts;
    const isBack = incident.resolvedMs !== null;
    incident.resolvedMs = null;
    const detectors =
      incident.violations.size + new Set([...incident.behaviour.values()].map((e) => e.detector)).size;
    const campaign = campaigns.join(incident, incident.links, timeMs);
    const isFolded = campaign !== null && campaign.toldMembers > 0;
    if (campaign !== null && incident.toldDetectors === 0) incident.campaign = campaign.id;
    const news = detectors > incident.toldDetectors || incident.peakBits >= incident.toldBits + newsBits;
    if (news || isBack || incident.toldDetectors === 0) this.deliver(incident, detectors);
    if (campaign !== null && campaigns.isNews(campaign)) this.#announce(campaign, incident);
    return isFolded;
  }

  deliver(incident: Incident, detectors = incident.toldDetectors): void {
    incident.toldBits = Math.max(incident.toldBits, incident.peakBits);
    incident.toldDetectors = detectors;
    const alert = this.#alertOf(incident);
    incident.lacking = incident.examples.length < examplesWanted ? alert : null;
    this.#say(alert);
  }

  /**
   * Tells the same again once there are enough examples. How many there are at first depends on what is
   * still remembered, and that is little after a restart: what is told must not.
   */
  complete(incident: Incident): void {
    const { lacking, examples, events, firstEventMs, lastEventMs } = incident;
    if (lacking === null || examples.length < examplesWanted) return;
    incident.lacking = null;
    this.#say({ ...lacking, examples: examples.map(exampleOf), events, firstEventMs, lastEventMs });
  }

  /** What many credentials show at once, by the event that made it news. */
  tellChange(change: CommonChange, event: UsageEvent, at: Position | null, thresholdBits: number): void {
    const { memory, changes } = this.#parts;
    const alert = changeAlert(change, {
      event,
      at,
      credential: credentialOf(event, memory.deployment.owner(event)),
      picture: this.#parts.explaining.portrait(),
      trust: trust(memory.identity.lastBits, thresholdBits, null),
      simulated: this.#simulated,
      runbookBase: this.#runbookBase,
    });
    changes.told(change, alert);
    this.alerts.push(alert);
  }

  /** Nobody has looked since the incident went quiet, and its credential has another. */
  end(incident: Incident): void {
    this.#parts.incidents.end(incident);
    this.deliver(incident);
  }

  /** What has been quiet for long enough is over. */
  resolve(timeMs: number, resolveAfterMs: number): void {
    const { incidents, campaigns, changes } = this.#parts;
    for (const incident of incidents.resolveQuiet(timeMs)) this.deliver(incident);
    for (const campaign of campaigns.resolveQuiet(timeMs, resolveAfterMs))
      if (campaign.lead !== null) this.alerts.push(campaignAlert(campaign, campaign.lead));
    for (const change of changes.resolveQuiet(timeMs, resolveAfterMs))
      if (change.told !== null) this.alerts.push(resolvedChange(change, change.told));
  }

  /**
   * What one event makes to be said of an incident is said once: states are told apart by time and number of
   * events, and a receiver may take the second of one moment for a repeat of the first.
   */
  #say(alert: Alert): void {
    const at = this.alerts.findLastIndex(({ id, state }) => id === alert.id && state === alert.state);
    const before = this.alerts[at];
    const isSameMoment = before?.events === alert.events && before.lastEventMs === alert.lastEventMs;
    if (at >= this.#begun && isSameMoment) this.alerts.splice(at, 1);
    this.alerts.push(alert);
  }

  #announce(campaign: Campaign, incident: Incident): void {
    campaign.resolvedMs = null;
    campaign.toldMembers = campaign.members.length + campaign.unlisted;
    campaign.lead = this.#alertOf(incident);
    this.alerts.push(campaignAlert(campaign, campaign.lead));
  }

  #alertOf(incident: Incident): Alert {
    return alertOf({
      incident,
      detectors: this.#detectors,
      owner: this.#parts.memory.deployment.owner(incident.last),
      simulated: this.#simulated,
      runbookBase: this.#runbookBase,
    });
  }
}
