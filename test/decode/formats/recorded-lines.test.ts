import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decode } from '../decoding.ts';

/**
 * Lines that real gateways wrote with the formats' snippets (or their text formats), the same eight
 * calls each; test/integration/gateway-lines.test.ts makes them anew. The columns: by which rule the
 * credential of each call was found.
 */
const calls = ['key', 'bearer', 'login', 'wrong login', 'key in URL', 'denied bearer', 'odd bytes', 'forged'];
const recorded: readonly (readonly [file: string, format: string, found: readonly string[]])[] = [
  [
    'nginx-1.22-json.log',
    'nginx',
    ['gateway_id', 'network', 'gateway_id', 'gateway_id', 'network', 'network', 'gateway_id', 'network'],
  ],
  [
    'nginx-1.22-combined.log',
    'nginx-combined',
    ['network', 'network', 'gateway_id', 'gateway_id', 'hashed_query', 'network', 'network', 'network'],
  ],
  [
    'haproxy-2.6-json.log',
    'haproxy',
    ['gateway_id', 'claim', 'network', 'network', 'network', 'claim', 'gateway_id', 'network'],
  ],
  [
    'haproxy-2.6-httplog.log',
    'haproxy-text',
    ['network', 'network', 'network', 'network', 'hashed_query', 'network', 'network', 'network'],
  ],
  [
    'caddy-2.6.log',
    'caddy',
    ['network', 'network', 'gateway_id', 'network', 'network', 'network', 'network', 'network'],
  ],
  [
    'caddy-2.11.log',
    'caddy',
    ['gateway_id', 'network', 'gateway_id', 'network', 'network', 'network', 'gateway_id', 'network'],
  ],
];

const agent = 'odd "quote" back\\slash ] ü';

describe('lines that real gateways wrote', () => {
  for (const [file, format, found] of recorded) {
    const { events, refused, skipped } = decode(readFileSync(`test/fixtures/lines/${file}`));

    it(`${file}: every line is one event of the right format`, () => {
      expect(refused).toEqual([]);
      expect(skipped).toBe(0);
      expect(events.map(({ gatewayType }) => gatewayType)).toEqual(calls.map(() => format));
    });

    it(`${file}: the credential is found by the right rule for each kind of call`, () => {
      expect(
        Object.fromEntries(events.map(({ credentialSource }, n) => [calls[n], credentialSource])),
      ).toEqual(Object.fromEntries(found.map((source, n) => [calls[n], source])));
    });

    it(`${file}: what a caller only claims is marked where he was refused`, () => {
      for (const { status, credentialId, credentialType } of events) {
        if (status !== 401 || credentialType === 'anonymous') continue;
        expect(credentialId).toMatch(/^unverified:/);
      }
    });

    it(`${file}: the user agent is what the caller sent, where the format has one`, () => {
      const seen = events[6]?.userAgent ?? null;
      if (format === 'haproxy-text') expect(seen).toBeNull();
      else expect(seen?.startsWith(agent), seen ?? 'none').toBe(true);
    });

    it(`${file}: no event holds a secret`, () => {
      const text = JSON.stringify(events);
      for (const secret of ['the-key-of-client-1', 'query-secret-123456', 'a-pass-phrase'])
        expect(text).not.toContain(secret);
    });
  }
});
