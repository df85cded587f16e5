import { describe, expect, it } from 'vitest';
import { decode } from './decoding.ts';

const line = {
  timestamp: 1_767_600_000_000,
  'gateway.type': 'canonical',
  'credential.id': 'key-17',
  'client.address': '198.51.100.7',
};

describe('a canonical line whose field does not take its value', () => {
  it.each([
    [
      'credential.type',
      'agent_token',
      'credential.type does not take this value: one of api_key, oauth_client',
    ],
    ['http.response.size', -5, 'http.response.size does not take this value: a number in the range'],
  ])('%s is refused with what would be right, and without the value', (field, value, told) => {
    const { events, refused } = decode(JSON.stringify({ ...line, [field]: value }));
    expect(events).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'wrong-type', detail: expect.stringContaining(told) }]);
    expect(refused[0]?.detail).not.toContain(String(value));
  });

  it('names that are not listed are passed over', () => {
    const { events, refused } = decode(JSON.stringify({ ...line, 'of.mine': { anything: 1 } }));
    expect(refused).toEqual([]);
    expect(events.map(({ credentialId }) => credentialId)).toEqual(['key-17']);
  });
});
