import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../src/decode/utf8.ts';
import { decode, nginxLine, one } from './decoding.ts';

/** A line as the gateway writes it, with the caller's bytes in his user agent. */
function lineWith(agent: Uint8Array): Buffer {
  const [head = '', tail = ''] = JSON.stringify({ ...nginxLine, user_agent: '<>' }).split('<>');
  return Buffer.concat([Buffer.from(head), agent, Buffer.from(tail)]);
}

describe('bytes that are no UTF-8', () => {
  it('hide no call: whatever bytes stand in the user agent, the credential is found', () => {
    const bytes = fc.uint8Array({ min: 0x80, max: 0xff, minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(bytes, (agent) => {
        expect(one(lineWith(agent))).toMatchObject({ credentialId: 'client-1', status: 200 });
      }),
    );
  });

  it('hide no other call of the same record', () => {
    const record = Buffer.concat([lineWith(Buffer.of(0xff)), Buffer.from('\n'), lineWith(Buffer.from('ok'))]);
    expect(decode(record).events).toHaveLength(2);
  });

  it('are replaced, and nothing else is', () => {
    expect(textOf(Buffer.from('a ü b'))).toBe('a ü b');
    expect(textOf(Buffer.concat([Buffer.from('a ü '), Buffer.of(0xff), Buffer.from(' b')]))).toBe(
      'a ü \ufffd b',
    );
  });

  it('are refused where the record does not begin like a line, or holds a zero byte', () => {
    expect(textOf(Buffer.of(0xff, 0x7b, 0x7d))).toBeNull();
    expect(textOf(Buffer.of(0x7b, 0xff, 0x00, 0x7d))).toBeNull();
  });
});
