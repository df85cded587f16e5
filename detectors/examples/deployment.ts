import type { UsageEvent } from '../../schemas/usage-event.ts';

/** What people have said about the credentials of the examples. */

/** Ids that the lists of the examples' deployment name. */
export const revokedCredential = 'key-revoked';
export const revokedToken = 'token-revoked';
export const decoyCredential = 'key-decoy';
export const declaredCredential = 'key-declared';
export const productionCredential = 'key-production';
export const allowedAudience = 'https://api.example.com';
export const allowedIssuer = 'https://login.example.com';

/** What the deployment of the examples says about their credentials. */
export const exampleDeployment = {
  revoked: ({ credentialId, tokenId }: UsageEvent) =>
    credentialId === revokedCredential || tokenId === revokedToken
      ? 'revoked on 2026-01-04 by the owner'
      : '',
  decoy: ({ credentialId }: UsageEvent) =>
    credentialId === decoyCredential ? 'planted in the build image' : '',
  homeEnvironment: ({ credentialId }: UsageEvent) =>
    credentialId === productionCredential ? 'production' : '',
  breach: ({ credentialId, method }: UsageEvent) =>
    credentialId === declaredCredential && method !== 'GET'
      ? { what: 'route', observed: `${method ?? 'no'} method`, expected: 'GET only' }
      : null,
  owner: () => null,
};

/** Options of the detectors that say nothing by default. */
export const exampleOptions = {
  'wrong-audience': { audiences: [allowedAudience], issuers: [allowedIssuer] },
};
