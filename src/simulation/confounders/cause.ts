import type { Change, Credential } from '../credential.ts';
import type { Fleet } from '../fleet.ts';

/** What credentials newly show because of a cause they share. */
export type CauseShows = 'network' | 'client' | 'operation';

/** One benign change that is meant to reach many credentials: a release, an upgrade, a move. */
export interface Cause {
  readonly confounder: string;
  readonly shows: CauseShows;
  readonly startMs: number;
  /** Whom it reaches, and when. */
  readonly reached: Map<Credential, number>;
}

/** Remembered in the fleet, so that what is said of the world can be compared with what was planned in it. */
export function newCause(fleet: Fleet, confounder: string, shows: CauseShows, startMs: number): Cause {
  const cause: Cause = { confounder, shows, startMs, reached: new Map() };
  fleet.causes.push(cause);
  return cause;
}

/** The cause reaches the credential at this time. */
export function reach(cause: Cause, credential: Credential, atMs: number, apply: Change['apply']): void {
  cause.reached.set(credential, atMs);
  credential.changes.push({ atMs, apply });
}
