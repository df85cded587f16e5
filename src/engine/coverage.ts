import type { UsageEvent, UsageEventField } from '../../schemas/usage-event.ts';
import type { Detector } from './detector.ts';

const memoryEvents = 5000;

/** Share of recent events that carry what each detector needs: below it, the detector is blind. */
export class Coverage {
  readonly #fields: readonly UsageEventField[];
  readonly #share: Float64Array;
  readonly #needs: readonly { id: string; needs: readonly (readonly number[])[] }[];
  #events = 0;

  constructor(detectors: readonly Pick<Detector, 'id' | 'needs'>[]) {
    this.#fields = [...new Set(detectors.flatMap(({ needs }) => needs.flat()))] as UsageEventField[];
    this.#share = new Float64Array(this.#fields.length);
    this.#needs = detectors.map(({ id, needs }) => ({
      id,
      needs: needs.map((need) =>
        [need].flat().map((field) => this.#fields.indexOf(field as UsageEventField)),
      ),
    }));
  }

  observe(event: UsageEvent): void {
    this.#events += 1;
    // Past the start, one event in a few is enough to know a share; a prime, so that no rhythm hides a field.
    if (this.#events > memoryEvents && this.#events % 31 !== 0) return;
    const rate = 1 / Math.min(this.#events, memoryEvents);
    for (let f = 0; f < this.#fields.length; f += 1) {
      const value = event[this.#fields[f] as UsageEventField];
      const present = value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
      this.#share[f] = (this.#share[f] as number) + rate * ((present ? 1 : 0) - (this.#share[f] as number));
    }
  }

  /** By detector id: the share of its scarcest need; of alternatives the commonest counts. */
  shares(): Map<string, number> {
    return new Map(
      this.#needs.map(({ id, needs }) => [
        id,
        Math.min(1, ...needs.map((any) => Math.max(...any.map((field) => this.#share[field] as number)))),
      ]),
    );
  }
}
