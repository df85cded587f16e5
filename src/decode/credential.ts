import ipaddr from 'ipaddr.js';
import type { CredentialSource, CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import type { Address } from './client/address.ts';
import type { Claims, Reading } from './format.ts';
import type { KeyedHash } from './hmac.ts';
import type { Tokens } from './jwt.ts';
import { Recent } from './recent.ts';
import { object, takeAsPlain, text, texts } from './text.ts';
import { epochMs } from './time.ts';
import type { Target } from './url.ts';

interface Found {
  readonly id: string;
  readonly type: CredentialType;
  readonly source: CredentialSource;
  readonly name?: string | null;
  /** The caller only says so: a name or claims, not a secret or a key that proves it. */
  readonly isSaid?: boolean;
}

const longestPart = 8192;
const longestId = 256;
const longestName = 240;
/** Id of a caller who only said who he is, on a call that was refused. */
const unverified = 'unverified:';

/** What the credential is resolved from, in the order in which it is believed. */
export interface CredentialInput {
  readonly reading: Reading;
  readonly target: Target | null;
  readonly event: UsageEvent;
  /** The client's. */
  readonly address: Address | null;
  readonly hash: KeyedHash;
  readonly tokens: Tokens;
}

/**
 * Fills credential and token of the event: gateway's own id, JWT claims, client certificate, consumer,
 * hashed key, hashed opaque token, user, and last the network. On a refused call whatever the
 * caller said about himself is his word only: it must not touch the one he claims to be.
 */
export function resolveCredential(input: CredentialInput): void {
  const { reading, event, hash, tokens } = input;
  const bearer = schemeOf(reading.authorization ?? null);
  event.authScheme = bearer?.scheme ?? (reading.apiKey ? 'apikey' : reading.cookie ? 'cookie' : null);
  // A verified caller who was forbidden something is known: that is how probing for permissions shows.
  const isForbidden = event.status === 403 && reading.claims != null && reading.areClaimsVerified === true;
  const refused = event.status === 401 || (event.status === 403 && !isForbidden);
  const rawToken = bearer !== null && bearer.scheme !== 'basic' ? bearer.value : null;
  const logged = reading.claims ?? null;
  const claims = logged ?? (rawToken === null ? null : tokens.claims(rawToken));
  // What a token hides in base64 may be anything, however plain the line.
  if (logged === null) takeAsPlain(false);
  if (claims !== null) takeClaims(event, claims);
  event.tokenClaimsVerified = claims === null || !refused;
  event.tokenId ??=
    reading.credential?.token ??
    (claims === null ? null : text(claims.jti)) ??
    (rawToken === null ? null : tokens.id(rawToken));
  const found = find(input, claims, rawToken, bearer) ?? byNetwork(input);
  const isClaimed = refused && found.isSaid === true;
  // A forged token may carry the id of somebody's real one; the hash of a token shows that the caller has it.
  if (refused && event.tokenId !== null && (claims !== null || (isClaimed && rawToken === null)))
    event.tokenId = `${unverified}${hash.hash('claimed', rawToken ?? event.tokenId)}`;
  event.credentialId = isClaimed ? `${unverified}${hash.hash('claimed', found.id)}` : bounded(found.id, hash);
  event.credentialType = found.type;
  event.credentialSource = found.source;
  event.credentialName ??= found.name ?? null;
  // Nobody who reads of the call should take the one it named for the one who made it.
  if (isClaimed && event.credentialName !== null)
    event.credentialName = `${event.credentialName.slice(0, longestName)} (only claimed)`;
}

function find(
  { reading, target, event, hash, tokens }: CredentialInput,
  claims: Claims | null,
  rawToken: string | null,
  bearer: Scheme | null,
): Found | null {
  const mapped = reading.mapped ?? null;
  const mappedId = mapped?.id ?? (mapped !== null && reading.apiKey ? keyId(reading.apiKey, hash) : null);
  if (mapped !== null && mappedId !== null)
    return { id: mappedId, type: mapped.type, source: 'mapping', name: mapped.name, isSaid: mapped.isSaid };
  const named = reading.credential;
  if (named)
    return {
      id: named.id,
      type: named.type,
      source: 'gateway_id',
      name: named.name ?? null,
      isSaid: named.isSaid === true,
    };
  const identity = claims === null ? null : claimedIdentity(claims, hash);
  if (identity !== null)
    return {
      id: identity,
      type: 'jwt',
      source: 'claim',
      isSaid: true,
      name: text(claims?.azp ?? claims?.client_id ?? claims?.sub),
    };
  if (event.certSha256 !== null)
    return { id: `cert:${event.certSha256}`, type: 'mtls_cert', source: 'cert', name: event.certSubject };
  if (reading.apiKey && reading.isKeyKnown === true) return byKey(reading.apiKey, hash);
  if (event.consumerId !== null)
    return {
      id: `consumer:${event.consumerId}`,
      type: 'api_key',
      source: 'consumer',
      isSaid: true,
      name: event.consumerName,
    };
  if (reading.apiKey) return byKey(reading.apiKey, hash);
  const secret = target?.query.secret;
  if (secret) {
    return {
      id: `key:${hash.hash('key', secret.value)}`,
      type: 'api_key',
      source: 'hashed_query',
      name: `?${secret.name}`,
    };
  }
  if (rawToken !== null)
    return { id: `token:${tokens.id(rawToken)}`, type: 'opaque_token', source: 'hashed_header' };
  if (bearer?.scheme === 'basic')
    return { id: `basic:${hash.hash('basic', bearer.value)}`, type: 'basic', source: 'hashed_header' };
  if (event.userId !== null)
    return {
      id: `user:${event.userId}`,
      type: 'basic',
      source: 'gateway_id',
      name: event.userId,
      isSaid: true,
    };
  if (reading.cookie)
    return { id: `session:${hash.hash('cookie', reading.cookie)}`, type: 'session', source: 'hashed_header' };
  return null;
}

function byKey(key: string, hash: KeyedHash): Found {
  return { id: keyId(key, hash), type: 'api_key', source: 'hashed_header' };
}

function keyId(key: string, hash: KeyedHash): string {
  return `key:${hash.hash('key', key)}`;
}

/** Nothing names the caller: the network with the TLS fingerprint stands in, and says so. */
function byNetwork({ event, address }: CredentialInput): Found {
  const agent = event.ja4 ?? event.ja3 ?? '';
  const network = address === null ? 'anon:unknown' : anonymousId(address);
  return { id: agent === '' ? network : `${network} ${agent}`, type: 'anonymous', source: 'network' };
}

/** One text for all events of an address, as of those of an identity. */
function anonymousId(address: Address): string {
  address.anonymousId ??= `anon:${networkOf(address.text)}`;
  return address.anonymousId;
}

/** Privacy addresses change within their /64. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const words = ipaddr.IPv6.parse(address).parts.slice(0, 4);
  return `${words.map((word) => word.toString(16)).join(':')}::/64`;
}

/** `iss|client|sub`; the parts are escaped, so that no part can pretend to be two, and long ones end in a hash. */
function claimedIdentity(claims: Claims, hash: KeyedHash): string | null {
  const client = text(claims.azp ?? claims.client_id, longestPart);
  const subject = text(claims.sub, longestPart);
  if (client === null && subject === null) return null;
  const issuer = text(claims.iss, longestPart);
  const key = subject ?? client ?? '';
  const known = identities.get(key);
  if (known?.issuer === issuer && known.client === client && known.subject === subject) return known.id;
  const whole = `${escaped(issuer)}|${escaped(client)}|${escaped(subject)}`;
  const id = bounded(whole, hash);
  if (whole.length <= longestId) {
    identities.set(key, { issuer, client, subject, id });
  }
  return id;
}

/** Long ids end in a hash of the whole: a cut alone would make two of them one. */
function bounded(id: string, hash: KeyedHash): string {
  return id.length <= longestId ? id : `${id.slice(0, 200)}#${hash.hash('identity', id)}`;
}

interface Identity {
  readonly issuer: string | null;
  readonly client: string | null;
  readonly subject: string | null;
  readonly id: string;
}

/** Latest identity of each subject: one text for all its events, which maps find faster than equal ones. */
const identities = new Recent<Identity>(16_384);

function escaped(part: string | null): string {
  if (part === null) return '';
  return part.includes('|') || part.includes('%') ? part.replaceAll('%', '%25').replaceAll('|', '%7C') : part;
}

function takeClaims(event: UsageEvent, claims: Claims): void {
  event.tokenIssuer = text(claims.iss);
  event.tokenSubject = text(claims.sub);
  event.tokenAuthorizedParty = text(claims.azp ?? claims.client_id);
  event.tokenAudience = texts(claims.aud);
  const scopes = texts(claims.scope ?? claims.scp);
  event.tokenScopes = scopes.length < 2 ? scopes : scopes.toSorted();
  event.tokenIssuedAtMs = secondsToMs(claims.iat);
  event.tokenExpiresAtMs = secondsToMs(claims.exp);
  event.tokenKeyId = text(claims.kid);
  event.tokenAlgorithm = text(claims.alg, 32);
  event.tokenFamilyId = text(claims.sid);
  const { jkt, 'x5t#S256': x5t } = object(claims.cnf);
  event.tokenBoundKey = text(jkt ?? x5t);
}

function secondsToMs(value: unknown): number | null {
  const ms = epochMs(value);
  return Number.isNaN(ms) ? null : ms;
}

/** Registered schemes, and those in use without being registered. */
const schemes = new Set([
  'basic',
  'bearer',
  'concealed',
  'digest',
  'dpop',
  'gnap',
  'hoba',
  'mutual',
  'negotiate',
  'ntlm',
  'oauth',
  'privatetoken',
  'scram-sha-1',
  'scram-sha-256',
  'vapid',
  'aws4-hmac-sha256',
  'apikey',
  'api-key',
  'hmac',
  'key',
  'signature',
  'token',
]);

interface Scheme {
  readonly scheme: string;
  readonly value: string;
}

/** `Bearer abc` → bearer and abc; a value without a scheme counts as bearer. Redacted values are none. */
function schemeOf(header: string | null): Scheme | null {
  if (header === null || header.length > 16_384) return null;
  const space = header.indexOf(' ');
  const value = space < 0 ? header : header.slice(space + 1).trim();
  const redacted =
    value === '' || value.startsWith('REDACTED') || value.startsWith('***') || value.startsWith('[');
  if (redacted) return null;
  if (space < 0) return { scheme: 'bearer', value };
  const scheme = header.slice(0, space).toLowerCase();
  // A key with a blank in it must not show as the name of a scheme.
  return schemes.has(scheme) ? { scheme, value } : { scheme: 'other', value: header };
}
