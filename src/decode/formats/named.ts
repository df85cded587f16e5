import { credentialTypes } from '../../../schemas/usage-event.ts';
import type { Claims, GatewayCredential } from '../format.ts';
import { isMissing, type JsonObject, text } from '../text.ts';

export type Named = (line: JsonObject) => unknown;

/**
 * Reads the first of some dotted names that says something: `a.b.c` as one key, as objects within
 * objects, or as `b.c` within `a`; null when none does.
 */
export function named(...names: readonly string[]): Named {
  const paths = names.map((name) => {
    const dot = name.indexOf('.');
    return {
      name,
      head: dot < 0 ? name : name.slice(0, dot),
      rest: dot < 0 ? '' : name.slice(dot + 1),
      inner: dot < 0 ? [] : name.slice(dot + 1).split('.'),
    };
  });
  return (line) => {
    for (const { name, head, rest, inner } of paths) {
      const whole = line[name];
      if (!isMissing(whole)) return whole;
      if (rest === '') continue;
      const outer = line[head];
      if (typeof outer !== 'object' || outer === null || Array.isArray(outer)) continue;
      const value = (outer as JsonObject)[rest] ?? within(outer as JsonObject, inner);
      if (!isMissing(value)) return value;
    }
    return null;
  };
}

function within(outer: JsonObject, steps: readonly string[]): unknown {
  let value: unknown = outer;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    value = (value as JsonObject)[step];
  }
  return value;
}

const claim = {
  iss: named('token.issuer', 'jwt.iss', 'labels.jwt_iss', 'jwt_iss'),
  sub: named('token.subject', 'jwt.sub', 'labels.jwt_sub', 'jwt_sub'),
  azp: named(
    'token.authorized_party',
    'jwt.azp',
    'jwt.client_id',
    'labels.jwt_azp',
    'labels.jwt_client_id',
    'jwt_azp',
    'jwt_client_id',
  ),
  aud: named('token.audience', 'jwt.aud', 'labels.jwt_aud', 'jwt_aud'),
  jti: named('token.id', 'jwt.jti', 'labels.jwt_jti', 'jwt_jti'),
  exp: named('token.expires_at', 'jwt.exp', 'labels.jwt_exp', 'jwt_exp'),
  iat: named('token.issued_at', 'jwt.iat', 'labels.jwt_iat', 'jwt_iat'),
  scope: named('token.scopes', 'jwt.scope', 'jwt.scp', 'labels.jwt_scope', 'jwt_scope'),
  kid: named('token.key_id', 'jwt.kid', 'labels.jwt_kid', 'jwt_kid'),
  alg: named('token.algorithm', 'jwt.alg', 'labels.jwt_alg', 'jwt_alg'),
  sid: named('token.family_id', 'jwt.sid', 'labels.jwt_sid', 'jwt_sid'),
  boundKey: named('token.bound_key', 'labels.jwt_cnf_jkt', 'jwt_cnf_jkt'),
};

/** Claims under this project's names, under `jwt.*`, or among the labels; null when there are none. */
export function namedClaims(line: JsonObject): Claims | null {
  const iss = text(claim.iss(line));
  const sub = text(claim.sub(line));
  const azp = text(claim.azp(line));
  const jti = text(claim.jti(line));
  if (iss === null && sub === null && azp === null && jti === null) return null;
  return {
    iss,
    sub,
    azp,
    jti,
    aud: claim.aud(line),
    exp: claim.exp(line),
    iat: claim.iat(line),
    scope: claim.scope(line),
    kid: claim.kid(line),
    alg: claim.alg(line),
    sid: claim.sid(line),
    cnf: { jkt: claim.boundKey(line) },
  };
}

const credential = {
  id: named('credential.id', 'labels.credential_id', 'labels.api_key_id'),
  type: named('credential.type', 'labels.credential_type'),
  name: named('credential.name', 'labels.credential_name'),
};

/** The credential an operator has named; no convention has a place for one. */
export function namedCredential(line: JsonObject): GatewayCredential | null {
  const id = text(credential.id(line));
  if (id === null) return null;
  const said = credential.type(line);
  // Whoever filled the field may have copied a header: on a refused call it proves nothing.
  return {
    id,
    type: credentialTypes.find((type) => type === said) ?? 'api_key',
    name: text(credential.name(line)),
    isSaid: true,
  };
}
