import { hash32 } from '../stats/hash.ts';
import { sensitivity } from './sensitive-operation.ts';

/** What the text of a route says, read once a route. */
export interface RouteFacts {
  readonly hash: number;
  /** Objects of different routes are different objects. */
  readonly objectSpace: number;
  /** A bit for each of `sensitiveKinds`; 0 for plain ones. */
  readonly sensitivity: number;
}

const noRoute: RouteFacts = { hash: 0, objectSpace: 0, sensitivity: 0 };
const remembered = 20_000;
const known = new Map<string, RouteFacts>();

export function routeFacts(route: string | null): RouteFacts {
  if (route === null) return noRoute;
  const facts = known.get(route);
  return facts ?? read(route);
}

function read(route: string): RouteFacts {
  const facts = { hash: hash32(route, 6), objectSpace: objectSpace(route), sensitivity: sensitivity(route) };
  if (known.size >= remembered) known.clear();
  known.set(route, facts);
  return facts;
}

/** Whatever the method: DELETE /a/1 touches what GET /a/1 read. */
function objectSpace(route: string): number {
  const space = route.indexOf(' ');
  if (space >= 0) return hash32(space === 0 ? route : route.slice(space + 1), 8);
  const colon = route.indexOf(':');
  return hash32(colon < 0 ? route : route.slice(0, colon), 8);
}
