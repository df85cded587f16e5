import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../src/alerting/printable.ts';

describe('printable()', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['orders-sync/2.4', 'Müller & Söhne', '取引先', 'دفتر', '🙂'])
      expect(printable(text)).toBe(text);
  });

  it('makes terminal sequences, line breaks and invisible characters visible', () => {
    expect(printable('\u001b[31mred\u009b0m\r\n\t\u200b\u202e\ufeff\u{e0041}')).toBe(
      '\\x1b[31mred\\x9b0m\\r\\n\\t\\u{200b}\\u{202e}\\u{feff}\\u{e0041}',
    );
  });

  it('cuts long text between characters', () => {
    expect(printable('🙂🙂🙂', 2)).toBe('🙂🙂…');
    expect(printable('ab', 2)).toBe('ab');
  });

  it('never gives a control, format or lone surrogate character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('printableJson()', () => {
  it('parses to the same value and holds no unsafe character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = printableJson({ [text]: text });
        expect(JSON.parse(json)).toEqual({ [text]: text });
        expect(json).not.toMatch(/[\p{Cc}\p{Cs}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
