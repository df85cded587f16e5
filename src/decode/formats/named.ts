import { credentialTypes } from '../../../schemas/usage-event.ts';
import type { Claims, GatewayCredential } from '../format.ts';
import { isMissing, type JsonObject, text } from '../text.ts';

/** For each thing to be found its dotted names, the best first. */
type Names = { readonly [thing: string]: readonly string[] };
export type Found<N extends Names> = { readonly [Thing in keyof N]: unknown };

interface Node {
  /** By dotted rest of a name: `request` and `request.method` below `http`. */
  readonly below: Map<string, Node>;
  /** −1: a step on the way only. */
  slot: number;
  rank: number;
}

const unfound = 255;
const keysRemembered = 96;

/**
 * Makes a reader that walks a line once and keeps what has one of the names, written as one dotted key,
 * as objects within objects, or as any mixture. What is missing is null; with several names the first
 * that says something wins. What it returns holds until it reads the next line.
 */
export function reader<N extends Names>(names: N): (line: JsonObject) => Found<N> {
  const root = node();
  const things = Object.keys(names);
  for (const [slot, thing] of things.entries())
    for (const [rank, name] of (names[thing] ?? []).entries()) plant(root, name, { slot, rank });
  const values = new Array<unknown>(things.length).fill(null);
  const ranks = new Uint8Array(things.length);
  // Accessors on a prototype are constants to the optimising compiler: reading one is reading the array.
  const FoundValues = class {};
  for (const [slot, thing] of things.entries())
    Object.defineProperty(FoundValues.prototype, thing, { enumerable: true, get: () => values[slot] });
  const found = new FoundValues() as Found<N>;
  const latest: LatestKeys = { keys: [], nodes: [] };
  return (line) => {
    values.fill(null);
    ranks.fill(unfound);
    walk(line, root, { values, ranks, inheritsNothing: inheritsNothing() }, latest);
    return found;
  };
}

/** Lines of one gateway have the same keys in the same order: what a key means is looked up once. */
interface LatestKeys {
  readonly keys: string[];
  readonly nodes: Node[];
}

function node(): Node {
  return { below: new Map(), slot: -1, rank: 0 };
}

const nothing = node();

/** `a.b.c` lies below the root as `a.b.c`, `a.b` and `a`, below `a` as `b.c` and `b`, and so on. */
function plant(root: Node, name: string, leaf: Pick<Node, 'slot' | 'rank'>): void {
  const steps = name.split('.');
  const path = [root];
  for (let end = 1; end <= steps.length; end += 1) {
    const known = root.below.get(steps.slice(0, end).join('.')) ?? node();
    for (const [start, above] of path.entries()) above.below.set(steps.slice(start, end).join('.'), known);
    path.push(known);
  }
  Object.assign(path[steps.length] as Node, leaf);
}

interface Finds {
  readonly values: unknown[];
  readonly ranks: Uint8Array;
  readonly inheritsNothing: boolean;
}

/** For-in also names what an object inherits; asking once whether that is anything is cheaper than for each key. */
function inheritsNothing(): boolean {
  for (const _ in {}) return false;
  return true;
}

function walk(object: JsonObject, above: Node, finds: Finds, latest: LatestKeys | null): void {
  const { values, ranks } = finds;
  let place = 0;
  for (const key in object) {
    const known = latest === null ? (above.below.get(key) ?? nothing) : nodeOf(key, place, above, latest);
    place += 1;
    // Own properties only.
    if (known === nothing || !(finds.inheritsNothing || Object.hasOwn(object, key))) continue;
    const value = object[key];
    if (typeof value === 'object' && value !== null && known.below.size > 0 && !Array.isArray(value))
      walk(value as JsonObject, known, finds, null);
    const { slot, rank } = known;
    if (slot < 0 || rank >= (ranks[slot] as number) || isMissing(value)) continue;
    values[slot] = value;
    ranks[slot] = rank;
  }
}

function nodeOf(key: string, place: number, above: Node, latest: LatestKeys): Node {
  if (latest.keys[place] === key) return latest.nodes[place] as Node;
  const known = above.below.get(key) ?? nothing;
  if (place < keysRemembered && place <= latest.keys.length) {
    latest.keys[place] = key;
    latest.nodes[place] = known;
  }
  return known;
}

/** Claims under this project's names, under `jwt.*`, or among the labels. */
export const claimNames = {
  iss: ['token.issuer', 'jwt.iss', 'labels.jwt_iss', 'jwt_iss'],
  sub: ['token.subject', 'jwt.sub', 'labels.jwt_sub', 'jwt_sub'],
  azp: [
    'token.authorized_party',
    'jwt.azp',
    'jwt.client_id',
    'labels.jwt_azp',
    'labels.jwt_client_id',
    'jwt_azp',
    'jwt_client_id',
  ],
  aud: ['token.audience', 'jwt.aud', 'labels.jwt_aud', 'jwt_aud'],
  jti: ['token.id', 'jwt.jti', 'labels.jwt_jti', 'jwt_jti'],
  exp: ['token.expires_at', 'jwt.exp', 'labels.jwt_exp', 'jwt_exp'],
  iat: ['token.issued_at', 'jwt.iat', 'labels.jwt_iat', 'jwt_iat'],
  scope: ['token.scopes', 'jwt.scope', 'jwt.scp', 'labels.jwt_scope', 'jwt_scope'],
  kid: ['token.key_id', 'jwt.kid', 'labels.jwt_kid', 'jwt_kid'],
  alg: ['token.algorithm', 'jwt.alg', 'labels.jwt_alg', 'jwt_alg'],
  sid: ['token.family_id', 'jwt.sid', 'labels.jwt_sid', 'jwt_sid'],
  boundKey: ['token.bound_key', 'labels.jwt_cnf_jkt', 'jwt_cnf_jkt'],
} as const;

/** Null when nothing says whose token it is, nor which. */
export function namedClaims(found: Found<typeof claimNames>): Claims | null {
  const iss = text(found.iss);
  const sub = text(found.sub);
  const azp = text(found.azp);
  const jti = text(found.jti);
  if (iss === null && sub === null && azp === null && jti === null) return null;
  const { aud, exp, iat, scope, kid, alg, sid } = found;
  return { iss, sub, azp, jti, aud, exp, iat, scope, kid, alg, sid, cnf: { jkt: found.boundKey } };
}

/** No convention has a place for a credential: these are the names an operator may give it. */
export const credentialNames = {
  credentialId: ['credential.id', 'labels.credential_id', 'labels.api_key_id'],
  credentialType: ['credential.type', 'labels.credential_type'],
  credentialName: ['credential.name', 'labels.credential_name'],
} as const;

export function namedCredential(found: Found<typeof credentialNames>): GatewayCredential | null {
  const id = text(found.credentialId);
  if (id === null) return null;
  // Whoever filled the field may have copied a header: on a refused call it proves nothing.
  return {
    id,
    type: credentialTypes.find((type) => type === found.credentialType) ?? 'api_key',
    name: text(found.credentialName),
    isSaid: true,
  };
}
