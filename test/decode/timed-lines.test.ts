import { describe, expect, it } from 'vitest';
import { decode } from './decoding.ts';

const combined = '203.0.113.5 - victim [05/Jan/2026:10:00:00 +0000]';
const haproxy = '203.0.113.5:7 [05/Jan/2026:10:00:00.250] f b/s 0/0/0/1/1 200 1';

describe('a line that begins with a time of its own is no line behind a prefix, whatever its caller wrote', () => {
  it.each([
    ['aws-elb', 'the common log', combined],
    ['aws-elb', 'the log of HAProxy', haproxy],
    ['agentgateway-text', 'the common log', combined],
    ['agentgateway-text', 'the log of HAProxy', haproxy],
  ])('%s, %s', (format, _name, written) => {
    const line =
      format === 'aws-elb'
        ? `2026-01-05T10:00:00.250000Z lb 192.0.2.8:1 10.0.0.1:80 0.001 0.1 0.001 200 200 1 2 "GET https://a:443/b HTTP/1.1" "${written}" - -`
        : `2026-01-05T10:00:00.250Z info request gateway=g src.addr=192.0.2.8:1 http.method=GET duration=4ms http.path="/b ${written}" http.status=200`;
    const { events, refused } = decode(line);
    expect(refused).toEqual([]);
    expect(events).toMatchObject([{ gatewayType: format, clientAddress: '192.0.2.8' }]);
  });
});
