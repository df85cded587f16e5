import type { UsageEvent } from '../../schemas/usage-event.ts';
import type { Episode, SimulatedCall, World } from '../simulation/world.ts';
import { dayMs, hourMs } from '../stats/durations.ts';

/** An alert this many hours after the attacker's last call of an hour still finds it. */
const graceHours = 2;

/** What an attacker has done so far. */
export interface AttackProgress {
  readonly episode: Episode;
  readonly index: number;
  firstMs: number;
  events: number;
  readonly objects: Set<string>;
}

/** Says of every credential-hour whether somebody attacked in it, from the calls as they pass. */
export class AttackLog {
  readonly progress: readonly AttackProgress[];
  readonly #byCredential = new Map<string, AttackProgress[]>();
  readonly #byEpisode = new Map<string, AttackProgress>();
  readonly #hours = new Map<string, number>();

  constructor(world: World) {
    this.progress = world.episodes.map((episode, index) => {
      const progress = { episode, index, firstMs: Number.NaN, events: 0, objects: new Set<string>() };
      const list = this.#byCredential.get(episode.credentialId) ?? [];
      this.#byCredential.set(episode.credentialId, [...list, progress]);
      this.#byEpisode.set(keyOf(episode), progress);
      return progress;
    });
  }

  /** Call before the event is judged. */
  note({ event, attack }: SimulatedCall): void {
    if (attack === null) return;
    const progress = this.#byEpisode.get(keyOf(attack));
    if (progress === undefined) return;
    if (progress.events === 0) progress.firstMs = event.timestampMs;
    progress.events += 1;
    const object = objectOf(event);
    if (object !== null) progress.objects.add(object);
    if (!attack.chaff)
      this.#hours.set(`${event.credentialId} ${Math.floor(event.timestampMs / hourMs)}`, progress.index);
  }

  /** The attack of this hour, or of one of the two hours before it. */
  attackOf(credentialId: string, hour: number): AttackProgress | undefined {
    for (let back = 0; back <= graceHours; back += 1) {
      const index = this.#hours.get(`${credentialId} ${hour - back}`);
      if (index !== undefined) return this.progress[index];
    }
    return undefined;
  }

  isAttacked(credentialId: string, hour: number): boolean {
    return this.#hours.has(`${credentialId} ${hour}`);
  }

  /** Within a day of an attack on the same credential, chaff included: neither clean nor found. */
  isNear(credentialId: string, hour: number): boolean {
    return (this.#byCredential.get(credentialId) ?? []).some(
      ({ episode: { startMs, endMs } }) =>
        (hour + 1) * hourMs > startMs - dayMs && hour * hourMs < endMs + dayMs,
    );
  }
}

const keyOf = ({ credentialId, scenario, startMs }: Episode) => `${credentialId} ${scenario} ${startMs}`;

const objectOf = ({ objectId, route }: UsageEvent) =>
  objectId === null ? null : `${route ?? ''} ${objectId}`;
