import type { Deployment } from '../engine/deployment.ts';
import { deploymentOf } from '../engine/deployment.ts';
import type { World } from '../simulation/world.ts';

/** What the people of a simulated estate would have told us: what they revoked and when, and their decoys. */
export function worldDeployment({ revocations, decoys }: World): Deployment {
  const credentials = new Map<string, number>();
  const tokens = new Map<string, number>();
  for (const { credentialId, tokenId, atMs } of revocations) {
    if (tokenId === null) credentials.set(credentialId, atMs);
    else tokens.set(tokenId, atMs);
  }
  const listed = deploymentOf(
    {
      revokedFile: undefined,
      audiences: [],
      inventory: decoys.map((credential) => ({ credential, decoy: true })),
    },
    new Set(),
  );
  return {
    ...listed,
    revoked({ credentialId, tokenId, timestampMs }) {
      if (timestampMs >= (credentials.get(credentialId) ?? Number.POSITIVE_INFINITY))
        return 'its credential is on the revoked list';
      const atMs = tokenId === null ? undefined : tokens.get(tokenId);
      return atMs !== undefined && timestampMs >= atMs ? 'its token is on the revoked list' : '';
    },
  };
}

/** What an operator would list as served: the audiences of honest calls before the first attack. At most 50,000 calls are looked at. */
export function servedAudiences(world: World, untilMs: number): string[] {
  const served = new Set<string>();
  let looked = 0;
  for (const { event, attack } of world.calls()) {
    looked += 1;
    if (looked > 50_000 || event.timestampMs >= untilMs) break;
    if (attack === null) for (const audience of event.tokenAudience) served.add(audience);
  }
  return [...served];
}
