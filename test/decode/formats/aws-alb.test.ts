import { describe, expect, it } from 'vitest';
import { decode } from '../decoding.ts';

describe('what load balancers write about connections', () => {
  it.each([
    [
      'with TLS and a certificate',
      '2026-01-05T10:00:00.250000Z 192.0.2.8 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 0.036 "CN=svc,O=x [05/Jan/2026:10:00:00.250] f b/s 0/0/0/1/1 200 1" NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4 Success TID_1',
    ],
    ['without TLS', '2026-01-05T10:00:00.250000Z 192.0.2.8 36280 80 - - - "-" - - - TID_1'],
    [
      'of a network load balancer',
      'tls 2.0 2026-01-05T10:00:00 net/lb/c6e7 g3d4 192.0.2.8:51341 172.100.100.185:443 5 2 98 246 - arn:x - ECDHE-RSA-AES128-SHA tlsv12 - api.example.com - - - 2026-01-05T10:00:00',
    ],
  ])('%s is refused, and it is said what to send', (_name, line) => {
    const { events, refused } = decode(line);
    expect(events).toEqual([]);
    expect(refused).toMatchObject([{ reason: 'missing-field' }]);
    expect(refused[0]?.detail).toMatch(/^aws-alb: an entry about a connection.*send the access log/);
  });
});
