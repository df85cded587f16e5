import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Look, lookOver } from '../../src/decode/record-look.ts';
import { sweep } from '../../src/decode/redact.ts';
import { schemes, tokenPrefixes } from '../../src/decode/token-starts.ts';
import { canonicalLine, cloudtrailLine, decode, envoyLine, kongLine, nginxLine } from './decoding.ts';

/** Texts near to secrets: starts of tokens, schemes, names, signs and noise in any order. */
const piece = fc.oneof(
  fc.constantFrom(...tokenPrefixes, 'SK-', 'Sg.'),
  fc.constantFrom('Bearer ', 'basic ', 'DPoP ', 'api_key', 'mon', 'key', 'token', 'SID', 'page', 'x-auth'),
  fc.constantFrom(
    '=',
    ':',
    ': ',
    ' = ',
    '==',
    '://',
    'https://',
    '@',
    '|',
    '/',
    '//',
    '?',
    '&',
    ' ',
    "'",
    '"',
    '":"',
    '" : "',
    '-',
    ',',
  ),
  fc.stringMatching(/^[A-Za-z0-9_.-]{0,20}$/),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

/** The record at an odd or even place of a larger buffer, among bytes that are not its own. */
function lookAt(record: string, isJson: boolean, offset = 0): Look {
  const around = Buffer.alloc(Buffer.byteLength(record) + offset + 3, '=');
  const length = around.write(record, offset);
  return lookOver(around.subarray(offset, offset + length), isJson);
}

function expectNothingToBlank(value: string): void {
  expect(sweep(value).found, value).toBe(0);
  expect(sweep(value, true).found, value).toBe(0);
}

describe('a record that is harmless by one look', () => {
  it('holds nothing that the sweep would blank, wherever a text is cut out of its values', () => {
    const line = fc.dictionary(text, fc.oneof(text, fc.array(text, { maxLength: 2 })), { maxKeys: 4 });
    fc.assert(
      fc.property(line, fc.nat(1), fc.nat(6), fc.nat(6), fc.nat(2), (object, offset, from, less, indent) => {
        const record = JSON.stringify(object, null, indent);
        fc.pre(lookAt(record, true, offset) === 'harmless');
        for (const value of [...Object.keys(object), ...Object.values(object).flat()]) {
          expectNothingToBlank(value);
          expectNothingToBlank(value.slice(from, value.length - less));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('holds nothing of the kind either where it is a line of text', () => {
    const quoted = fc.oneof(text, fc.constantFrom('"', '" "'));
    fc.assert(
      fc.property(quoted, quoted, quoted, fc.nat(1), fc.nat(8), fc.nat(8), (a, b, c, offset, from, less) => {
        const record = a + b + c;
        fc.pre(lookAt(record, false, offset) === 'harmless');
        expectNothingToBlank(record);
        expectNothingToBlank(record.slice(from, record.length - less));
      }),
      { numRuns: 5_000 },
    );
  });

  it('is none with a token, a scheme, a name of a secret, a password in a URL or an escape in it', () => {
    const secret = 'Zq7Rv2Lm9Xw4Tn6Bc1';
    const values = [
      ...tokenPrefixes.map((prefix) => prefix + secret),
      ...schemes.flatMap((scheme) => [`${scheme} ${secret}`, `${scheme.toUpperCase()} ${secret}`]),
      ...['api_key', 'Token', 'x-auth-token', 'jsessionid', 'PIN'].flatMap((name) => [
        `/a?x=1&${name}=${secret}`,
        `${name}: ${secret}`,
        `${name} = ${secret}`,
        JSON.stringify({ a: 1, [name]: secret, b: '2' }),
        `the "${name}" : "${secret}"`,
      ]),
      `https://eve:${secret}@api.example.com`,
      `://eve:${secret}@api.example.com`,
      '/v1/%73k-1',
    ];
    for (const value of values)
      for (const offset of [0, 1])
        for (const before of ['', 'x']) {
          expect(lookAt(JSON.stringify({ a: value }), true, offset), value).not.toBe('harmless');
          expect(lookAt(`${before} ${value}`, false, offset), value).not.toBe('harmless');
        }
  });

  it('is what gateways write nearly always', () => {
    expect(lookAt(JSON.stringify(envoyLine), true)).toBe('harmless');
    expect(lookAt(JSON.stringify(nginxLine), true)).toBe('harmless');
    expect(lookAt(JSON.stringify({ ...envoyLine, jwt_scope: '["orders:read","orders:write"]' }), true)).toBe(
      'harmless',
    );
    expect(
      lookAt('198.51.100.4 - - [05/Jan/2026:11:00:00 +0100] "GET /a?b=1 HTTP/1.1" 200 1 "-" "c/1.0"', false),
    ).toBe('harmless');
  });
});

describe('a plain record', () => {
  it('is of printable ASCII without an escape but that of a quote, in a text without a line break', () => {
    for (const odd of ['\\', '\u007f', 'é', '\u0000', '\u001b'])
      for (const at of [0, 1, 2, 3]) {
        const record = `${'a'.repeat(at)}${odd}bcd`;
        expect(lookAt(record, true)).toBe('unknown');
        expect(lookAt(record, false)).toBe('unknown');
      }
    expect(lookAt('{"a":"\\""}', true)).toBe('harmless');
    expect(lookAt('{"a":"\\\\"}', true)).toBe('unknown');
    expect(lookAt('say \\"a\\"', false)).toBe('unknown');
    expect(lookAt('{"a":\n1}', true)).toBe('harmless');
    expect(lookAt('a b\nc d', false)).toBe('unknown');
  });
});

it('a line decodes to the same event whether its record was known to be harmless or not', () => {
  const lines = [envoyLine, nginxLine, kongLine, canonicalLine, cloudtrailLine] as readonly object[];
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.nat(), fc.nat(), text, text, (line, first, second, a, b) => {
      const keys = Object.keys(line);
      const pick = (n: number) => keys[n % keys.length] as string;
      const changed = { ...line, [pick(first)]: a, [pick(second)]: b };
      // Nobody reads this field, and for its sake nothing is known of the others.
      expect(decode({ ...changed, unread: 'é' })).toMatchObject({ events: decode(changed).events });
    }),
    { numRuns: 2_000 },
  );
});
