import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { fingerprintOf } from '../../src/decode/event-fingerprint.ts';
import { hash32 } from '../../src/stats/hash.ts';

const call: UsageEvent = {
  ...emptyUsageEvent(),
  timestampMs: 1_767_614_400_000,
  credentialId: 'anon:198.51.100.7',
  method: 'GET',
  path: '/v1/orders/17',
  clientAddress: '198.51.100.7',
  responseBytes: 512,
};

it('is the time and a hash of caller, target and answer, both in base 36', () => {
  const hash = hash32('anon:198.51.100.7 GET /v1/orders/17 198.51.100.7 512');
  expect(fingerprintOf(call)).toBe(`${(1_767_614_400_000).toString(36)}-${hash.toString(36)}`);
  expect(fingerprintOf({ ...call, method: null, path: null, clientAddress: null, responseBytes: null })).toBe(
    `${(1_767_614_400_000).toString(36)}-${hash32('anon:198.51.100.7    ').toString(36)}`,
  );
});

it('writes every time as the engine would', () => {
  const edges = [0, 35, 36, 1295, 1296, 46_655, 46_656, 36 ** 6, 36 ** 6 - 1, Number.MAX_SAFE_INTEGER];
  const written = (ms: number) => fingerprintOf({ ...call, timestampMs: ms }).split('-')[0];
  for (const ms of edges) expect(written(ms)).toBe(ms.toString(36));
  fc.assert(fc.property(fc.maxSafeNat(), (ms) => written(ms) === ms.toString(36)));
});
