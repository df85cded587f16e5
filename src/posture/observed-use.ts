import type { Alert } from '../../schemas/alert.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { dayMs, hourMs } from '../stats/durations.ts';

const mostCredentials = 100_000;
const mostValues = 64;

/** What a declaration can speak of. */
export const dimensions = ['networks', 'clients', 'routes', 'scopes', 'environments', 'hours'] as const;
export type Dimension = (typeof dimensions)[number];

/** The days on which each value was used; null when there were too many values to list. */
export type Days = ReadonlyMap<string, ReadonlySet<number>> | null;

export interface CredentialUse {
  readonly credential: string;
  readonly days: ReadonlySet<number>;
  /** Days touched by an alert on the credential: nothing seen on them is proposed. */
  readonly alertedDays: ReadonlySet<number>;
  readonly values: Readonly<Record<Dimension, Days>>;
}

interface Use {
  readonly days: Set<number>;
  readonly alertedDays: Set<number>;
  readonly values: Record<Dimension, Map<string, Set<number>> | null>;
}

/** Collects what credentials are used for, by day, in bounded memory. Refused calls count for nothing. */
export class ObservedUse {
  /** Credentials beyond the bound: seen, and left out. */
  unlisted = 0;
  readonly #uses = new Map<string, Use>();

  see(event: UsageEvent): void {
    if (event.status === 401 || event.status === 403 || event.credentialType === 'anonymous') return;
    const use = this.#useOf(event.credentialId);
    if (use === undefined) return;
    const day = Math.floor(event.timestampMs / dayMs);
    use.days.add(day);
    note(use, 'networks', networkOf(event), day);
    note(use, 'clients', event.userAgent === null ? null : productOf(event.userAgent), day);
    note(use, 'routes', event.route, day);
    for (const scope of event.tokenScopes) note(use, 'scopes', scope, day);
    note(use, 'environments', event.environment, day);
    note(use, 'hours', `${Math.floor(event.timestampMs / hourMs) % 24}`, day);
  }

  alerted({ credential, firstEventMs, lastEventMs }: Alert): void {
    const use = this.#uses.get(credential.id);
    if (use === undefined) return;
    for (let day = Math.floor(firstEventMs / dayMs); day <= Math.floor(lastEventMs / dayMs); day += 1)
      use.alertedDays.add(day);
  }

  all(): CredentialUse[] {
    return [...this.#uses]
      .map(([credential, use]) => ({ credential, ...use }))
      .sort((a, b) => (a.credential < b.credential ? -1 : 1));
  }

  #useOf(credential: string): Use | undefined {
    const known = this.#uses.get(credential);
    if (known !== undefined) return known;
    if (this.#uses.size >= mostCredentials) {
      this.unlisted += 1;
      return undefined;
    }
    const use: Use = {
      days: new Set(),
      alertedDays: new Set(),
      values: {
        networks: new Map(),
        clients: new Map(),
        routes: new Map(),
        scopes: new Map(),
        environments: new Map(),
        hours: new Map(),
      },
    };
    this.#uses.set(credential, use);
    return use;
  }
}

function note(use: Use, dimension: Dimension, value: string | null, day: number): void {
  const values = use.values[dimension];
  if (values === null || value === null || value === '') return;
  const days = values.get(value);
  if (days !== undefined) days.add(day);
  else if (values.size < mostValues) values.set(value, new Set([day]));
  else use.values[dimension] = null;
}

/** The provider where it is known: addresses move within it; else the address itself. */
function networkOf({ clientAsn, clientAddress }: UsageEvent): string | null {
  return clientAsn === null ? clientAddress : `AS${clientAsn}`;
}

/** `orders-sync/2.1 (linux)` is `orders-sync/`: a new version is no other client. */
function productOf(agent: string): string {
  const slash = agent.indexOf('/');
  return slash < 0 ? agent : agent.slice(0, slash + 1);
}
