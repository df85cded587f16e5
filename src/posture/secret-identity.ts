import type { CredentialSource, CredentialType } from '../../schemas/usage-event.ts';
import type { CredentialFacts } from './credential-facts.ts';

const lasting: ReadonlySet<CredentialType> = new Set([
  'api_key',
  'opaque_token',
  'mtls_cert',
  'cloud_access_key',
  'basic',
  'hmac',
  'session',
  'subscription',
]);
/** An owner or an address: behind it secrets may change without a trace. */
const notTheSecret: ReadonlySet<CredentialSource> = new Set(['consumer', 'network']);
const theSecretItself: ReadonlySet<CredentialSource> = new Set(['hashed_header', 'hashed_query', 'cert']);

export type SecretIdentity =
  /** As long as the credential is the same, so is its secret. */
  | 'same'
  /** The gateway's name of it, which may outlive the secret behind it. */
  | 'named'
  | 'changing'
  | 'unknown';

/** Whether the credential's name in the log stands for one secret. */
export function secretIdentity({ type, source, token, hasSeveralTokens }: CredentialFacts): SecretIdentity {
  if (hasSeveralTokens) return 'changing';
  if (token !== null) return 'same';
  if (!lasting.has(type) || notTheSecret.has(source)) return 'unknown';
  return theSecretItself.has(source) ? 'same' : 'named';
}
