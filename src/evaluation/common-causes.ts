import type { Alert } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { clientHash, networkHash } from '../engine/client-identity.ts';
import { leastHabitHours } from '../engine/succession.ts';
import type { CauseShows } from '../simulation/confounders/cause.ts';
import type { CommonCause, World } from '../simulation/world.ts';
import { hourMs } from '../stats/durations.ts';

/** News of one value is counted together for as long. */
const withinMs = 72 * hourMs;
/** So many credentials with habits must show one value before it is a common change. */
export const leastShared = 5;
/** Of an alert's credentials, that one cause has reached: then it tells of that cause. */
const explainedShare = 0.5;

/** What the log says about one planned cause: who showed something new because of it, and when. */
export interface ShownCause {
  readonly cause: CommonCause;
  readonly shownMs: Map<string, number[]>;
  /** Most credentials that share one of the new values. */
  shared: number;
}

interface Known {
  hour: number;
  activeHours: number;
  readonly values: Record<CauseShows, Set<string | number>>;
}

/** Follows a world's events and tells which planned causes can be seen in them, and by whom. */
export class CauseLog {
  readonly causes: readonly ShownCause[];
  readonly #known = new Map<string, Known>();
  readonly #reaching = new Map<string, ShownCause[]>();
  readonly #sharing = new Map<ShownCause, Map<string | number, number>>();

  constructor({ causes }: Pick<World, 'causes'>) {
    this.causes = causes.map((cause) => ({ cause, shownMs: new Map(), shared: 0 }));
    for (const shown of this.causes) {
      this.#sharing.set(shown, new Map());
      for (const id of shown.cause.reachedMs.keys()) {
        const reaching = this.#reaching.get(id) ?? [];
        reaching.push(shown);
        this.#reaching.set(id, reaching);
      }
    }
  }

  note(event: UsageEvent): void {
    const { credentialId, timestampMs } = event;
    let known = this.#known.get(credentialId);
    if (known === undefined) {
      known = {
        hour: 0,
        activeHours: 0,
        values: { network: new Set(), client: new Set(), operation: new Set() },
      };
      this.#known.set(credentialId, known);
    }
    const hour = Math.floor(timestampMs / hourMs);
    if (hour > known.hour) {
      known.hour = hour;
      known.activeHours += 1;
    }
    this.#compare(event, known, 'network', networkHash(event.clientAddress));
    this.#compare(event, known, 'client', clientHash(event));
    this.#compare(event, known, 'operation', event.route ?? 0);
  }

  #compare(
    { credentialId, timestampMs }: UsageEvent,
    known: Known,
    shows: CauseShows,
    value: string | number,
  ): void {
    const values = known.values[shows];
    if (value === 0 || values.has(value)) return;
    const isFirst = values.size === 0;
    values.add(value);
    if (isFirst || known.activeHours <= leastHabitHours) return;
    for (const shown of this.#reaching.get(credentialId) ?? []) {
      const sinceMs = timestampMs - (shown.cause.reachedMs.get(credentialId) as number);
      if (shown.cause.shows !== shows || sinceMs < 0 || sinceMs >= withinMs) continue;
      shown.shownMs.set(credentialId, [...(shown.shownMs.get(credentialId) ?? []), timestampMs]);
      const sharing = this.#sharing.get(shown) as Map<string | number, number>;
      const count = (sharing.get(value) ?? 0) + 1;
      sharing.set(value, count);
      shown.shared = Math.max(shown.shared, count);
    }
  }
}

export interface MatchedChange {
  readonly alert: Alert;
  /** What it tells of, likeliest first: those that five of its credentials show, or half; none when all together explain less than half. */
  readonly causes: readonly ShownCause[];
  /** Share of its credentials that one of the causes has reached by then. */
  readonly share: number;
}

/** The last word of every common change that was told, with its causes. */
export function matchChanges(alerts: readonly Alert[], causes: readonly ShownCause[]): MatchedChange[] {
  const last = new Map<string, Alert>();
  for (const alert of alerts) if (alert.kind === 'change') last.set(alert.id, alert);
  return [...last.values()].map((alert) => {
    const credentials = [alert.credential.id, ...alert.members];
    const things = new Set(alert.evidence.map(({ feature }) => showsOf(feature)));
    const reached = causes
      .filter(({ cause }) => things.has(cause.shows))
      .map((shown) => ({ shown, by: credentials.filter((id) => isWithin(alert, shown.shownMs.get(id))) }))
      .filter(({ by }) => by.length >= Math.min(leastShared, explainedShare * credentials.length))
      .sort((a, b) => b.by.length - a.by.length);
    const share = new Set(reached.flatMap(({ by }) => by)).size / credentials.length;
    return { alert, causes: share >= explainedShare ? reached.map(({ shown }) => shown) : [], share };
  });
}

function isWithin({ firstEventMs, lastEventMs }: Alert, times: readonly number[] | undefined): boolean {
  return times?.some((atMs) => atMs >= firstEventMs && atMs <= lastEventMs) ?? false;
}

/** What a move shows as new, a country is part of. */
function showsOf(feature: string): CauseShows | null {
  if (feature.endsWith('-client')) return 'client';
  if (feature.endsWith('-network') || feature.endsWith('-country')) return 'network';
  return feature.endsWith('-operation') ? 'operation' : null;
}
