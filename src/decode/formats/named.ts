import { credentialTypes } from '../../../schemas/usage-event.ts';
import type { Claims, GatewayCredential } from '../format.ts';
import { isMissing, type JsonObject, text } from '../text.ts';

/** For each thing to be found its dotted names, the best first. */
type Names = { readonly [thing: string]: readonly string[] };
export type Found<N extends Names> = { readonly [Thing in keyof N]: unknown };

interface Node {
  /** By dotted rest of a name: `request` and `request.method` below `http`. */
  readonly below: Map<string, Node>;
  thing: string | null;
  slot: number;
  rank: number;
}

const unfound = 255;

/**
 * Makes a reader that walks a line once and keeps what has one of the names, written as one dotted key,
 * as objects within objects, or as any mixture. What is missing is null; with several names the first
 * that says something wins.
 */
export function reader<N extends Names>(names: N): (line: JsonObject) => Found<N> {
  const root = node();
  const things = Object.keys(names);
  for (const [slot, thing] of things.entries())
    for (const [rank, name] of (names[thing] ?? []).entries()) plant(root, name, { thing, slot, rank });
  const blank = Object.fromEntries(things.map((thing) => [thing, null]));
  const ranks = new Uint8Array(things.length);
  return (line) => {
    const found: Record<string, unknown> = { ...blank };
    ranks.fill(unfound);
    walk(line, root, found, ranks);
    return found as Found<N>;
  };
}

function node(): Node {
  return { below: new Map(), thing: null, slot: 0, rank: 0 };
}

/** `a.b.c` lies below the root as `a.b.c`, `a.b` and `a`, below `a` as `b.c` and `b`, and so on. */
function plant(root: Node, name: string, leaf: Pick<Node, 'thing' | 'slot' | 'rank'>): void {
  const steps = name.split('.');
  const path = [root];
  for (let end = 1; end <= steps.length; end += 1) {
    const known = root.below.get(steps.slice(0, end).join('.')) ?? node();
    for (const [start, above] of path.entries()) above.below.set(steps.slice(start, end).join('.'), known);
    path.push(known);
  }
  Object.assign(path[steps.length] as Node, leaf);
}

function walk(object: JsonObject, above: Node, found: Record<string, unknown>, ranks: Uint8Array): void {
  for (const key in object) {
    const known = above.below.get(key);
    if (known === undefined) continue;
    const value = object[key];
    if (known.below.size > 0 && typeof value === 'object' && value !== null && !Array.isArray(value))
      walk(value as JsonObject, known, found, ranks);
    const { thing, slot, rank } = known;
    if (thing === null || rank >= (ranks[slot] as number) || isMissing(value)) continue;
    found[thing] = value;
    ranks[slot] = rank;
  }
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
