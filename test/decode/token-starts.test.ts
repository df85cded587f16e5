import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweep } from '../../src/decode/redact.ts';
import { mayHoldToken, mayRecordHoldToken, tokenPrefixes } from '../../src/decode/token-starts.ts';

/** Texts near to secrets: starts of tokens, schemes, escapes and noise in any order. */
const piece = fc.oneof(
  fc.constantFrom(...tokenPrefixes),
  fc.constantFrom('Bearer ', 'basic ', 'DPoP ', '%3D', '=', ':', '://', '"', '\\"', ' ', '@', 'api_key', 'é'),
  fc.stringMatching(/^[A-Za-z0-9_.-]{0,40}$/),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const ascii = (value: string) => Buffer.from(value, 'latin1');

describe('mayRecordHoldToken', () => {
  it('says no only to records in which no value can be blanked for what it starts with', () => {
    fc.assert(
      fc.property(text, text, text, (before, value, after) => {
        const record = `${before}${value}${after}`.replaceAll('é', 'e');
        fc.pre(!mayRecordHoldToken(ascii(record)));
        const id = value.replaceAll('é', 'e');
        // What stands behind a name or in a URL is looked for in any case, record without tokens or not.
        if (!id.includes('://')) expect(sweep(id, true).found).toBe(0);
        if (!/[=:]/.test(id)) expect(sweep(id).found).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });

  it('says yes to each start of a token and each scheme, in either case, and to any escape', () => {
    for (const start of [...tokenPrefixes, 'bearer', 'BASIC', 'DPoP', '%41'])
      expect(mayRecordHoldToken(ascii(`{"a":"${start}`)), start).toBe(true);
    expect(mayRecordHoldToken(ascii('{"method":"GET","status":200}'))).toBe(false);
  });
});

describe('mayHoldToken', () => {
  it('says no only to texts the sweep leaves alone when they name nothing', () => {
    fc.assert(
      fc.property(text, (value) => {
        fc.pre(!mayHoldToken(value) && !/[=:]/.test(value));
        expect(sweep(value)).toEqual({ text: value, found: 0 });
      }),
      { numRuns: 5_000 },
    );
  });
});
