import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { sweep } from '../../src/decode/redact.ts';
import {
  canonicalLine,
  cloudtrailLine,
  decode,
  envoyLine,
  jwt,
  kongLine,
  nginxLine,
  one,
} from './decoding.ts';

const plain = 'Zq7Rv2Lm9Xw4Tn6Bc1';
const word = 'correcthorsebatterystaple';
const token = jwt({ iss: 'i', sub: 's', jti: 'j' });

/** Everything that decode lets out, searched in clear, base64, base64url, hex and URL-encoded. */
function expectHidden(value: string | Uint8Array | object, secrets: readonly string[]): void {
  const out = JSON.stringify(decode(value));
  for (const secret of secrets) {
    const bytes = Buffer.from(secret);
    for (const form of [
      secret,
      bytes.toString('base64').replaceAll('=', ''),
      bytes.toString('base64url'),
      bytes.toString('hex'),
      encodeURIComponent(secret),
    ])
      expect(out).not.toContain(form);
  }
}

const inUrl: [string, string][] = [
  ['query', `/a?api_key=${plain}`],
  ['second query parameter', `/a?x=1&access_token=${token}`],
  ['encoded name of a query parameter', `/a?api%5Fkey=${plain}`],
  ['unknown query parameter', `/a?zzz=${plain}`],
  ['query without a name', `/a?${token}`],
  ['fragment', `/a#access_token=${plain}`],
  ['path', `/v1/sk-${plain}/things`],
  ['encoded path', `/v1/%73k-${plain}/things`],
  ['one-time link', `/account/reset/${word}`],
  ['matrix parameter', `/a;jsessionid=${plain}`],
  ['token in the path', `/t/${token}/x`],
  ['user info', `https://eve:${plain}@api.example.com/a`],
];
const secrets = [plain, word, token];

describe('no secret leaves decode', () => {
  it.each(inUrl)('in the URL: %s', (_name, url) => {
    expectHidden({ ...envoyLine, path: url }, secrets);
    expectHidden({ ...nginxLine, path: url }, secrets);
    expectHidden({ ...kongLine, request: { ...kongLine.request, uri: url } }, secrets);
    expectHidden({ ...canonicalLine, 'url.path': url }, secrets);
    expectHidden(
      `198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET ${url} HTTP/1.1" 200 1 "https://x/?token=${plain}" "c"`,
      secrets,
    );
  });

  it.each([
    ['authorization', `Bearer ${token}`],
    ['authorization', `Bearer ${plain}`],
    ['authorization', `Basic ${Buffer.from(`eve:${plain}`).toString('base64')}`],
    ['authorization', plain],
    ['x-api-key', plain],
    ['apikey', plain],
    ['cookie', `session=${plain}; theme=${word}`],
  ])('in the header %s', (name, value) => {
    const headers = { ...kongLine.request.headers, [name]: value };
    const { authenticated_entity: _, consumer: __, ...anonymous } = kongLine;
    expectHidden({ ...kongLine, request: { ...kongLine.request, headers } }, [...secrets, value]);
    expectHidden({ ...anonymous, request: { ...kongLine.request, headers } }, [...secrets, value]);
    expectHidden({ ...envoyLine, [name]: value }, [...secrets, value]);
    expectHidden({ ...envoyLine, jwt_sub: '-', jwt_azp: '-', [name]: value }, [...secrets, value]);
    expectHidden({ ...nginxLine, [`http_${name.replaceAll('-', '_')}`]: value }, [...secrets, value]);
  });

  it('in texts that are kept: user agent, host, request id, errors, names', () => {
    const leak = `Bearer ${plain}`;
    expectHidden(
      { ...envoyLine, user_agent: `app (token=${plain})`, request_id: leak, authority: leak },
      secrets,
    );
    expectHidden({ ...envoyLine, response_flags: `key: ${plain}`, upstream_cluster: leak }, secrets);
    // Each list twice: what was read of it once is kept.
    for (const list of [`["a","sk-${plain}"]`, `["a","sk-""${plain}"]`, `[eyJ"${word}]`])
      for (const _ of [1, 2]) expectHidden({ ...envoyLine, jwt_scope: list, jwt_aud: list }, secrets);
    expectHidden({ ...nginxLine, credential_id: token, remote_user: leak }, secrets);
    expectHidden({ ...canonicalLine, 'consumer.name': leak, 'object.id': `sk-${plain}` }, secrets);
    expectHidden({ ...cloudtrailLine, errorCode: leak, requestParameters: { key: `sk-${plain}` } }, secrets);
  });

  it('in fields that nobody reads: bodies and nested JSON', () => {
    const body = JSON.stringify({ password: plain, deep: JSON.stringify({ api_key: word }) });
    expectHidden({ ...kongLine, request: { ...kongLine.request, body } }, secrets);
    expectHidden(
      { ...cloudtrailLine, responseElements: { credentials: { secretAccessKey: plain } } },
      secrets,
    );
  });

  it.each([
    ['cut off', `{"request":{"headers":{"apikey":"${plain}","x":"y`],
    ['cut off inside', `{"authorization":"Bearer ${plain}`],
    ['in quotes with blanks', `{"password":"${word} and ${plain}",,}`],
    ['escaped in a text', `{"message":"{\\"apikey\\":\\"${word}\\"}",,}`],
    ['cookie', `{"cookie":"session=${word}; other=${plain}",,}`],
    ['URL-encoded', `{"uri":"/a?api_key=ab%2F${plain}%3D",,}`],
    ['user info', `broken https://eve:${word}@host/ line`],
    ['under a name of its own', `{"x-acme":"${plain}${plain}",,}`],
    ['not text', `token=${word}`],
  ])('in the excerpt of a malformed line: %s', (_name, line) => {
    expect(decode(line).refused).toHaveLength(1);
    expectHidden(line, [plain, word, token]);
    expectHidden(gzipSync(line), [plain, word, token]);
  });

  it.each([
    ['alone', `ghp_${plain}`],
    ['behind a name', `key=ghp_${plain}`],
    ['cut by the limit of what is shown', `${'x'.repeat(30)}=ghp_${plain}`],
    ['without a form of its own', `${plain}${plain}`],
  ])('in the name of a field of an unknown object: %s', (_name, key) => {
    expect(decode({ [key]: 1 }).refused).toHaveLength(1);
    expectHidden({ [key]: 1 }, [plain, plain.slice(0, 8)]);
  });

  it('and names of fields steer no terminal', () => {
    expect(decode({ 'a\u001b[31m\u202eb': 1 }).refused[0]?.detail).toContain('keys a[31mb;');
  });

  it('and the broken JSON is described by position only', () => {
    expect(decode(`{"a": ${plain}}`).refused[0]?.detail).not.toContain(plain.slice(0, 4));
  });
});

describe('sweep', () => {
  it('leaves ordinary texts alone', () => {
    for (const text of [
      'Mozilla/5.0 (X11; Linux x86_64; rv:120.0)',
      '/orders/17/items',
      'arn:aws:iam::1:role/a',
    ])
      expect(sweep(text)).toEqual({ text, found: 0 });
  });
  it('takes time linear in the text', () => {
    for (const piece of ['"', 'token=', 'Bearer ', 'eyJ', '://', '\\"', 'key:"', 'a@']) {
      const start = performance.now();
      sweep(piece.repeat(200_000));
      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });
});

it('a credential in the URL is noted by name and hashed as the credential', () => {
  const event = one({ ...envoyLine, jwt_sub: '-', jwt_azp: '-', path: `/a?api_key=${plain}&x=1` });
  expect(event.secretQueryKeys).toEqual(['api_key']);
  expect(event.queryKeys).toEqual(['api_key', 'x']);
  expect(event).toMatchObject({ credentialSource: 'hashed_query', path: '/a' });
  expect(event.credentialId).toMatch(/^key:[0-9a-f]{32}$/);
});
