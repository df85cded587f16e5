import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyUsageEvent, type UsageEvent } from '../../schemas/usage-event.ts';
import { fingerprintOf } from '../../src/decode/event-fingerprint.ts';

const call: UsageEvent = {
  ...emptyUsageEvent(),
  timestampMs: 1_767_614_400_000,
  credentialId: 'anon:198.51.100.7',
  method: 'GET',
  path: '/v1/orders/17',
  clientAddress: '198.51.100.7',
  responseBytes: 512,
};

const time = (1_767_614_400_000).toString(36);

it('is the time and a hash in base 36, the same for the same call', () => {
  expect(fingerprintOf(call)).toMatch(new RegExp(`^${time}-[0-9a-z]{1,7}$`));
  expect(fingerprintOf({ ...call })).toBe(fingerprintOf(call));
});

it('differs where caller, address, method, path or size differ, or are missing', () => {
  const others: Partial<UsageEvent>[] = [
    { credentialId: 'anon:198.51.100.8' },
    { clientAddress: '198.51.100.8' },
    { method: 'PUT' },
    { path: '/v1/orders/18' },
    { responseBytes: 513 },
    // What stands in one field is not what stands in the next.
    { credentialId: call.clientAddress as string, clientAddress: call.credentialId },
    { method: call.path, path: call.method },
    { method: null },
    { path: null },
    { clientAddress: null },
    { responseBytes: null },
    { method: null, path: null, clientAddress: null, responseBytes: null },
  ];
  const ids = [call, ...others.map((other) => ({ ...call, ...other }))].map(fingerprintOf);
  expect(new Set(ids).size).toBe(ids.length);
});

it('differs for whatever else a caller asks for', () => {
  const path = fc.webPath();
  fc.assert(
    fc.property(path, path, (a, b) => {
      fc.pre(a !== b);
      return fingerprintOf({ ...call, path: a }) !== fingerprintOf({ ...call, path: b });
    }),
  );
});

it('writes every time as the engine would', () => {
  const edges = [0, 35, 36, 1295, 1296, 46_655, 46_656, 36 ** 6, 36 ** 6 - 1, Number.MAX_SAFE_INTEGER];
  const written = (ms: number) => fingerprintOf({ ...call, timestampMs: ms }).split('-')[0];
  for (const ms of edges) expect(written(ms)).toBe(ms.toString(36));
  fc.assert(fc.property(fc.maxSafeNat(), (ms) => written(ms) === ms.toString(36)));
});
