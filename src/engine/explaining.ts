import type { UsageEvent } from '../../schemas/usage-event.ts';
import { frequencyOf, linksOf } from './commonness.ts';
import { counterfactuals } from './counterfactuals.ts';
import type { CredentialMemory } from './credential-memory.ts';
import { evidenceOf, portrait } from './explanation.ts';
import { type Incident, isTold } from './incidents.ts';
import { nameValues } from './name-values.ts';
import type { Scorer } from './scorer.ts';
import { severityOf, worst } from './severity.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Features that explain one score; more would say the same. */
const mostFeatures = 12;

/** What an incident says, read from the record under the cursor and from the score in hand. */
export class Explaining {
  readonly #memory: CredentialMemory;
  readonly #shared: SharedMemory;
  readonly #scorer: Scorer;

  constructor(memory: CredentialMemory, shared: SharedMemory, scorer: Scorer) {
    this.#memory = memory;
    this.#shared = shared;
    this.#scorer = scorer;
  }

  /** Writes down why the hour scores so many bits, of which `marginBits` are held back. Returns the detectors that are new to the incident, one for each new feature. */
  explain(
    incident: Incident,
    event: UsageEvent,
    bits: number,
    marginBits: number,
    thresholdBits: number,
  ): string[] {
    const { identity } = this.#memory;
    const score = bits - marginBits;
    const severity = severityOf(score - thresholdBits);
    if (!isTold(incident)) {
      // Nobody has read it yet: only the latest moment counts.
      incident.behaviour.clear();
      incident.peakBits = score;
      incident.severity = severity;
    }
    incident.peakBits = Math.max(incident.peakBits, score);
    incident.severity = worst(incident.severity, severity);
    incident.thresholdBits = thresholdBits;
    this.picture(incident, event);
    const added: string[] = [];
    const contributions = this.#scorer.contributions(bits, identity.type, identity.activeHours);
    for (const contribution of contributions.slice(0, mostFeatures)) {
      const { about } = contribution.column.spec;
      const frequency = about === undefined ? null : frequencyOf(this.#memory, this.#shared, about);
      const evidence = evidenceOf(contribution, frequency);
      if (evidence === null) continue;
      if (!incident.behaviour.has(evidence.feature)) added.push(evidence.detector);
      incident.behaviour.set(evidence.feature, evidence);
    }
    const families = this.#scorer.families(bits);
    incident.families = Object.fromEntries([...families].map(([family, share]) => [family, share.bits]));
    incident.counterfactuals = counterfactuals(families, bits, thresholdBits, marginBits);
    return added;
  }

  /** What the credential was and is, and what is new about this event. */
  picture(incident: Incident, event: UsageEvent): void {
    // Named when it is learnt, after this; but what is new is what the alert is about.
    nameValues(this.#shared.names, event, this.#memory.seen);
    incident.picture = this.portrait();
    incident.links = linksOf(this.#memory, this.#shared);
    incident.last = event;
  }

  /** What the credential was and is. */
  portrait(): Incident['picture'] {
    const { identity } = this.#memory;
    const { columns, habits } = this.#scorer;
    const requests = columns.find(({ spec }) => spec.name === 'requests');
    const perHour =
      requests === undefined ? 0 : habits.expected(requests.index, identity.type, identity.activeHours);
    return portrait(this.#memory, this.#shared, perHour);
  }
}
