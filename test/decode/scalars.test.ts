import { describe, expect, it } from 'vitest';
import { decode, envoyLine } from './decoding.ts';

describe('a bare JSON value', () => {
  it.each([
    ['42', 'got a number'],
    ['-1.5e3', 'got a number'],
    ['null', 'got null'],
    ['true', 'got true'],
    ['"hello"', 'a JSON string in which no text format fits'],
    ['[42]', 'got number'],
  ])('%s is refused with what it is', (record, told) => {
    const { events, refused } = decode(record);
    expect(events).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'wrong-type', detail: expect.stringContaining(told) }]);
  });

  it('a string that holds a line of a known format is that line', () => {
    const { events, refused } = decode(JSON.stringify(JSON.stringify(envoyLine)));
    expect(refused).toEqual([]);
    expect(events.map(({ gatewayType }) => gatewayType)).toEqual(['envoy']);
  });
});
