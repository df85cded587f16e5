import { expect, it } from 'vitest';
import { envoyLine, jwt, kongLine, one } from './decoding.ts';

const bare = { ...envoyLine, jwt_iss: '-', jwt_sub: '-', jwt_azp: '-', jwt_jti: '-' };
const token = jwt({
  iss: 'idp',
  sub: 'alice',
  client_id: 'app',
  jti: 'j-1',
  scope: 'b a',
  exp: 1_800_000_000,
});

it.each<[string, object, string]>([
  ['the gateway names it', { ...bare, client_id: 'c-1', authorization: `Bearer ${token}` }, 'gateway_id'],
  ['claims of a raw token', { ...bare, authorization: `Bearer ${token}`, tls_peer_sha256: 'AB:CD' }, 'claim'],
  ['certificate', { ...bare, tls_peer_sha256: 'AB:CD', apikey: 'k-123456' }, 'cert'],
  ['key in a header', { ...bare, apikey: 'k-123456', path: '/a?api_key=other' }, 'hashed_header'],
  ['key in the query', { ...bare, path: '/a?api_key=other', authorization: 'Bearer opaque' }, 'hashed_query'],
  ['opaque bearer', { ...bare, authorization: 'Bearer opaque-value' }, 'hashed_header'],
  ['nothing', bare, 'network'],
])('credential order: %s', (_name, line, source) => {
  expect(one(line).credentialSource).toBe(source);
});

it('a raw token gives both identities and its claims', () => {
  expect(one({ ...bare, authorization: `Bearer ${token}` })).toMatchObject({
    credentialId: 'idp|app|alice',
    tokenId: 'j-1',
    tokenScopes: ['a', 'b'],
    tokenExpiresAtMs: 1_800_000_000_000,
    tokenKeyId: 'k1',
    tokenAlgorithm: 'RS256',
    tokenClaimsVerified: true,
    authScheme: 'bearer',
  });
});

it.each([401, 403])(
  'a refused call (%i) with a forged token touches neither credential nor token of the victim',
  (status) => {
    const refused = one({ ...bare, response_code: status, authorization: `Bearer ${token}` });
    const accepted = one({ ...bare, authorization: `Bearer ${token}` });
    expect(refused.tokenClaimsVerified).toBe(false);
    expect(refused.credentialId).toMatch(/^unverified:/);
    expect(refused.tokenId).toMatch(/^unverified:/);
    expect(accepted.tokenClaimsVerified).toBe(true);
  },
);

it("a gateway's own id stays on a refused call: the caller was authenticated, and not permitted", () => {
  const line = { ...kongLine, response: { status: 403, headers: {} } };
  expect(one(line).credentialId).toBe(kongLine.authenticated_entity.id);
});

it('a key that is refused stays itself: who sends it has it', () => {
  const [refused, accepted] = [403, 200].map((code) =>
    one({ ...bare, response_code: code, apikey: 'k-123456' }),
  );
  expect(refused?.credentialId).toBe(accepted?.credentialId);
});

it('crafted separators and long parts never make two identities one', () => {
  const id = (claims: object) => one({ ...bare, authorization: `Bearer ${jwt(claims)}` }).credentialId;
  expect(id({ iss: 'a|b', sub: 'c' })).not.toBe(id({ iss: 'a', azp: 'b', sub: 'c' }));
  expect(id({ iss: 'a%7C', sub: 'c' })).not.toBe(id({ iss: 'a|', sub: 'c' }));
  const long = 'x'.repeat(600);
  expect(id({ iss: 'a', sub: `${long}1` })).not.toBe(id({ iss: 'a', sub: `${long}2` }));
});

it('privacy addresses of one /64 are one anonymous client', () => {
  const id = (address: string) => one({ ...bare, ja4: '-', downstream_remote_address: address }).credentialId;
  expect(id('[2001:db8:1:2::77]:443')).toBe(id('[2001:db8:1:2:aaaa::1]:80'));
  expect(id('[2001:db8:1:3::77]:443')).not.toBe(id('[2001:db8:1:2::77]:443'));
});
