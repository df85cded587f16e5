import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweep } from '../../src/decode/redact.ts';
import { mayHoldToken, tokenPrefixes } from '../../src/decode/token-starts.ts';

/** Texts near to secrets: starts of tokens, schemes, escapes and noise in any order. */
const piece = fc.oneof(
  fc.constantFrom(...tokenPrefixes),
  fc.constantFrom('Bearer ', 'basic ', 'DPoP ', '%3D', '=', ':', '://', '"', '\\"', ' ', '@', 'api_key', 'é'),
  fc.stringMatching(/^[A-Za-z0-9_.-]{0,40}$/),
);
const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));

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
