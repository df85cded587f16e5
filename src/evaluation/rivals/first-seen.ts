import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { FirstSeenHour, Rival } from './rival.ts';

const rememberMs = 7 * 86_400_000;
const learningMs = 86_400_000;

interface Memory {
  readonly firstMs: number;
  readonly lastSeen: Map<string, number>;
  fresh: { networks: number; clients: number; countries: number; routes: number };
}

/** Which values each credential has shown in the last seven days. The first day of a credential is learnt in silence. */
export class FirstSeenMemory {
  readonly #credentials = new Map<string, Memory>();

  observe(event: UsageEvent): void {
    const { credentialId, timestampMs } = event;
    let memory = this.#credentials.get(credentialId);
    if (memory === undefined) {
      memory = { firstMs: timestampMs, lastSeen: new Map(), fresh: nothing() };
      this.#credentials.set(credentialId, memory);
    }
    const learning = timestampMs - memory.firstMs < learningMs;
    const look = (kind: keyof Memory['fresh'], value: string | number | null) => {
      if (value === null) return;
      const key = `${kind} ${value}`;
      const before = memory.lastSeen.get(key);
      memory.lastSeen.set(key, timestampMs);
      if (!learning && (before === undefined || timestampMs - before > rememberMs)) memory.fresh[kind] += 1;
    };
    look('networks', event.clientAsn);
    look('clients', event.userAgent);
    look('countries', event.clientCountry);
    look('routes', event.route);
  }

  /** What was new in the hour that closes; counting starts over. */
  close(credentialId: string): FirstSeenHour {
    const memory = this.#credentials.get(credentialId);
    if (memory === undefined) return nothing();
    const { fresh } = memory;
    memory.fresh = nothing();
    return fresh;
  }
}

const nothing = () => ({ networks: 0, clients: 0, countries: 0, routes: 0 });

/** How many kinds of first-seen values the hour held. */
export function firstSeenKinds({ networks, clients, countries, routes }: FirstSeenHour): number {
  return Number(networks > 0) + Number(clients > 0) + Number(countries > 0) + Number(routes > 0);
}

/** The rule that detection products ship: a value this credential has not shown in seven days; more kinds, more weight. */
export function firstSeenRules(): Rival {
  return {
    id: 'first-seen',
    label: 'first seen in 7 days',
    score: (_hour, _scaled, fresh) =>
      firstSeenKinds(fresh) +
      0.01 * Math.log1p(fresh.networks + fresh.clients + fresh.countries + fresh.routes),
  };
}
