import ipaddr from 'ipaddr.js';
import type { DeclaredUse, ListsConfig } from '../../schemas/config/engine.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { matches } from './pattern.ts';
import type { Breach } from './seen.ts';

/** What people told us about credentials; replaced as a whole when the configuration is read again. */
export interface Deployment {
  /** Why the credential or token must not be used any more; empty when nothing says so. */
  revoked(event: UsageEvent): string;
  decoy(event: UsageEvent): string;
  homeEnvironment(event: UsageEvent): string;
  breach(event: UsageEvent): Breach | null;
  owner(event: UsageEvent): string | null;
}

export const nothingDeclared: Deployment = {
  revoked: () => '',
  decoy: () => '',
  homeEnvironment: () => '',
  breach: () => null,
  owner: () => null,
};

const remembered = 100_000;

/** `revoked` holds credential and token ids; the inventory's first matching entry counts. */
export function deploymentOf(lists: ListsConfig, revoked: ReadonlySet<string>): Deployment {
  if (lists.inventory.length === 0 && revoked.size === 0) return nothingDeclared;
  const entries = lists.inventory.map((entry) => ({
    ...entry,
    check: entry.declared && checkOf(entry.declared),
  }));
  const found = new Map<string, (typeof entries)[number] | undefined>();
  const entryOf = ({ credentialId, credentialFormerId: formerId }: UsageEvent) => {
    if (entries.length === 0) return undefined;
    const key = formerId ? `${credentialId} ${formerId}` : credentialId;
    if (!found.has(key)) {
      if (found.size >= remembered) found.clear();
      found.set(
        key,
        entries.find(
          ({ credential }) =>
            matches(credential, credentialId) || (formerId && matches(credential, formerId)),
        ),
      );
    }
    return found.get(key);
  };
  return {
    revoked({ credentialId, credentialFormerId, tokenId, tokenFormerId }) {
      if (revoked.size === 0) return '';
      const isListed = (id: string | null) => id !== null && revoked.has(id);
      if (isListed(credentialId) || isListed(credentialFormerId))
        return 'its credential is on the revoked list';
      return isListed(tokenId) || isListed(tokenFormerId) ? 'its token is on the revoked list' : '';
    },
    decoy: (event) => (entryOf(event)?.decoy === true ? 'the inventory lists it as a decoy' : ''),
    homeEnvironment: (event) => entryOf(event)?.environment ?? '',
    breach: (event) => entryOf(event)?.check?.(event) ?? null,
    owner: (event) => entryOf(event)?.owner ?? null,
  };
}

/** A declaration as one function from an event to what it breaks. Fields the gateway did not log break nothing. */
function checkOf(declared: DeclaredUse): (event: UsageEvent) => Breach | null {
  const networks = declared.networks?.map(networkTest);
  return (event) => {
    if (networks !== undefined && event.clientAddress !== null && !networks.some((test) => test(event))) {
      return {
        what: 'network',
        observed: event.clientAddress,
        expected: declared.networks?.join(', ') ?? '',
      };
    }
    const agent = event.userAgent;
    if (
      declared.clients !== undefined &&
      agent !== null &&
      !declared.clients.some((start) => agent.startsWith(start))
    ) {
      return { what: 'client', observed: agent, expected: declared.clients.join(', ') };
    }
    const route = event.route;
    if (
      declared.routes !== undefined &&
      route !== null &&
      !declared.routes.some((pattern) => matches(pattern, route))
    ) {
      return { what: 'route', observed: route, expected: declared.routes.join(', ') };
    }
    const scope = declared.scopes && event.tokenScopes.find((s) => !declared.scopes?.includes(s));
    if (scope !== undefined)
      return { what: 'scope', observed: scope, expected: declared.scopes?.join(', ') ?? '' };
    const environment = event.environment;
    if (
      declared.environments !== undefined &&
      environment !== null &&
      !declared.environments.includes(environment)
    ) {
      return { what: 'environment', observed: environment, expected: declared.environments.join(', ') };
    }
    return declared.hours === undefined ? null : hourBreach(declared.hours, event.timestampMs);
  };
}

function hourBreach({ from, to }: { from: number; to: number }, timestampMs: number): Breach | null {
  const hour = Math.floor(timestampMs / 3_600_000) % 24;
  const inside = from < to ? hour >= from && hour < to : hour >= from || hour < to;
  return inside ? null : { what: 'hour', observed: `${hour}:00 UTC`, expected: `${from}:00–${to}:00 UTC` };
}

function networkTest(network: string): (event: UsageEvent) => boolean {
  if (network.toUpperCase().startsWith('AS')) {
    const number = Number(network.slice(2));
    return (event) => event.clientAsn === number;
  }
  const [range, bits] = ipaddr.parseCIDR(
    network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`,
  );
  return ({ clientAddress }) => {
    if (clientAddress === null || !ipaddr.isValid(clientAddress)) return false;
    const address = ipaddr.process(clientAddress);
    return address.kind() === range.kind() && address.match(range, bits);
  };
}
