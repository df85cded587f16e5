import { hourMs } from '../stats/durations.ts';
import type { CredentialMemory } from './credential-memory.ts';
import type { HourReports } from './hour-reports.ts';
import type { Incidents } from './incidents.ts';
import { gateWeight } from './learning-gate.ts';
import type { RecordLayout } from './record-layout.ts';
import type { Scorer } from './scorer.ts';

const adoptAfterMs = 72 * hourMs;
const adoptWeight = 0.25;

/** The end of a credential's active hour: what it teaches, and the start of the next. */
export class HourTurn {
  readonly #layout: RecordLayout;
  readonly #memory: CredentialMemory;
  readonly #scorer: Scorer;
  readonly #incidents: Incidents;
  readonly #reports: HourReports | undefined;
  readonly #gateMidpointBits: number;

  constructor(
    layout: RecordLayout,
    memory: CredentialMemory,
    scorer: Scorer,
    incidents: Incidents,
    reports: HourReports | undefined,
    gateMidpointBits: number,
  ) {
    this.#layout = layout;
    this.#memory = memory;
    this.#scorer = scorer;
    this.#incidents = incidents;
    this.#reports = reports;
    this.#gateMidpointBits = gateMidpointBits;
  }

  /** Closes the running hour with what it taught, and opens the next. */
  turn(credentialId: string, hour: number): void {
    this.close(credentialId);
    const { identity } = this.#memory;
    const elapsed = hour - identity.hour;
    const { hourlyWords, fadingCells } = this.#layout;
    const { u32, f32, word: record } = this.#layout.cursor;
    for (let i = 0; i < hourlyWords.length; i += 1) u32[record + (hourlyWords[i] as number)] = 0;
    for (const { word, halfLifeHours } of fadingCells) {
      f32[record + word] = (f32[record + word] as number) * 2 ** (-elapsed / halfLifeHours);
    }
    identity.hour = hour;
    this.#memory.openHour(hour);
  }

  close(credentialId: string): void {
    const { identity } = this.#memory;
    if (identity.eventsThisHour === 0) return;
    const { habits, values } = this.#scorer;
    const { type, activeHours: hours, bestBits } = identity;
    habits.kept(values);
    this.#reports?.closed(credentialId, bestBits);
    let weight = gateWeight(bestBits, this.#gateMidpointBits, hours);
    const incident = this.#incidents.get(credentialId);
    const closesMs = (identity.hour + 1) * hourMs;
    const adopting =
      incident !== undefined && incident.violations.size === 0 && closesMs - incident.openedMs > adoptAfterMs;
    if (adopting) {
      weight = Math.max(weight, adoptWeight);
      incident.adoptedMs ??= closesMs;
    }
    habits.learn(values, type, hours, weight);
    this.#memory.closeHour(identity.hour, adopting ? 1 : weight);
    identity.activeHours = hours + weight;
  }
}
