import { describe, expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import { listsConfig } from '../../schemas/config/engine.ts';
import { deploymentOf } from '../../src/engine/deployment.ts';

describe('deploymentOf()', () => {
  const lists = listsConfig.parse({
    inventory: [
      { credential: 'bait-*', decoy: true },
      {
        credential: 'ci-*',
        owner: 'platform',
        environment: 'staging',
        declared: {
          networks: ['10.0.0.0/8', 'AS64500'],
          routes: ['GET /builds*'],
          hours: { from: 22, to: 6 },
        },
      },
    ],
  });
  const deployment = deploymentOf(lists, new Set(['key-9', 'token-3']));
  const night = Date.UTC(2026, 0, 5, 23);

  test('knows revoked credentials and tokens, decoys, owners and environments', () => {
    expect(deployment.revoked(call(night, { credentialId: 'key-9' }))).toMatch(/credential/);
    expect(deployment.revoked(call(night, { tokenId: 'token-3' }))).toMatch(/token/);
    expect(deployment.revoked(call(night))).toBe('');
    expect(deployment.decoy(call(night, { credentialId: 'bait-7' }))).not.toBe('');
    expect(deployment.owner(call(night, { credentialId: 'ci-1' }))).toBe('platform');
    expect(deployment.homeEnvironment(call(night, { credentialId: 'ci-1' }))).toBe('staging');
  });

  test('knows a credential and a token by the ids that the hash key before gave them', () => {
    const rotated = (fields: object) => call(night, { credentialId: 'new', tokenId: 'new', ...fields });
    expect(deployment.revoked(rotated({ credentialFormerId: 'key-9' }))).toMatch(/credential/);
    expect(deployment.revoked(rotated({ tokenFormerId: 'token-3' }))).toMatch(/token/);
    expect(deployment.revoked(rotated({}))).toBe('');
    expect(deployment.owner(rotated({}))).toBe(null);
    expect(deployment.owner(rotated({ credentialFormerId: 'ci-1' }))).toBe('platform');
  });

  test('says what breaks a declaration, and nothing when the gateway is silent', () => {
    const use = { credentialId: 'ci-1', clientAddress: '10.2.3.4', clientAsn: null, route: 'GET /builds/1' };
    expect(deployment.breach(call(night, use))).toBeNull();
    expect(deployment.breach(call(night, { ...use, clientAddress: '203.0.113.1' }))?.what).toBe('network');
    expect(
      deployment.breach(call(night, { ...use, clientAddress: '203.0.113.1', clientAsn: 64_500 })),
    ).toBeNull();
    expect(deployment.breach(call(night, { ...use, route: 'DELETE /builds/1' }))?.what).toBe('route');
    expect(deployment.breach(call(Date.UTC(2026, 0, 5, 12), use))?.what).toBe('hour');
    expect(deployment.breach(call(night, { ...use, clientAddress: null, route: null }))).toBeNull();
  });
});
