import { describe, expect, test } from 'vitest';
import { decodeConfig } from '../../schemas/config/decode.ts';
import type { UsageEvent } from '../../schemas/usage-event.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { demoLive, demoPast } from '../../src/simulation/demo-fleet.ts';
import { type LineFormat, lineFormats, lineWriters } from '../../src/simulation/lines/index.ts';
import { createWorld } from '../../src/simulation/world.ts';

const nowMs = Date.UTC(2026, 10, 24, 14, 20);
const { hashKey: _key, hashKeyFile: _file, ...defaults } = decodeConfig.parse({});
const decoder = createDecoder({
  ...defaults,
  hashKey: new TextEncoder().encode('key of a test, 32 bytes and more'),
  history: true,
});

function decoded(line: string, timeMs: number, format?: LineFormat): UsageEvent {
  const result = decoder.decode({
    value: new TextEncoder().encode(line),
    at: { kind: 'stdin', line: 1 },
    ingestTimeMs: timeMs + 1_000,
    partition: format ?? 'mixed',
    format,
  });
  expect(result.refused).toEqual([]);
  expect(result.events.length).toBe(1);
  return result.events[0] as UsageEvent;
}

function callsFor(format: LineFormat): UsageEvent[] {
  const world = createWorld({
    seed: 4,
    style: format === 'cloudtrail' ? 'cloud' : 'tuning',
    days: 3,
    attacks: 'none',
    overrides: {
      fleet: 25,
      organisations: 4,
      eventsPerCredentialDay: 30,
      withoutNetworkShare: 0,
      withoutTokenShare: 0,
      ...(format === 'cloudtrail' ? {} : { styles: { rest: 1, graphql: 0.3, rpc: 0, cloud: 0, audit: 0 } }),
      uuidShare: 0.3,
    },
  });
  const events: UsageEvent[] = [];
  for (const { event } of world.calls()) {
    const cookieOnly = event.credentialType === 'session' && format !== 'canonical';
    // A refused caller's claims are his word only: the decoder rightly keeps him apart.
    if (event.status !== 401 && event.status !== 403 && !cookieOnly) events.push(event);
  }
  return events.filter((_, i) => i % 5 === 0);
}

describe.each(lineFormats)('a line of %s', (format) => {
  const events = callsFor(format);

  test('decodes to the call it was written from, and one credential stays one', () => {
    expect(events.length).toBeGreaterThan(50);
    const idOf = new Map<string, string>();
    for (const event of events) {
      const back = decoded(lineWriters[format](event), event.timestampMs, format);
      expect(Math.abs(back.timestampMs - event.timestampMs)).toBeLessThanOrEqual(
        format === 'cloudtrail' ? 1_000 : 2,
      );
      expect(back.clientAddress).toBe(event.clientAddress);
      expect(back.userAgent).toBe(event.userAgent);
      if (format === 'cloudtrail') {
        expect(back.route).toBe(event.route);
      } else {
        expect(back.method).toBe(event.method);
        expect(back.status).toBe(event.status);
        expect(back.path).toBe(event.path);
        if (event.responseBytes !== null) expect(back.responseBytes).toBe(event.responseBytes);
      }
      const known = idOf.get(event.credentialId);
      if (known !== undefined) expect(back.credentialId).toBe(known);
      idOf.set(event.credentialId, back.credentialId);
      expect(back.credentialSource).not.toBe('network');
    }
    expect(new Set(idOf.values()).size).toBe(idOf.size);
  });

  test('enriches to the network the simulation meant', () => {
    const checked = events.filter((event) => event.clientAsn !== null).slice(0, 200);
    const same = checked.filter(
      (event) => decoded(lineWriters[format](event), event.timestampMs, format).clientAsn === event.clientAsn,
    );
    expect(same.length / checked.length).toBeGreaterThan(0.98);
  });
});

describe('the demo', () => {
  test("lines are told apart by the decoder's own signatures, none refused", () => {
    let checked = 0;
    const credentials = new Set<string>();
    for (const { format, line, timeMs } of demoPast(7, nowMs)) {
      if (checked++ % 40 !== 0) continue;
      const event = decoded(line, timeMs);
      expect(event.gatewayType).toBe(format);
      if (event.status !== 401 && event.status !== 403) credentials.add(event.credentialId);
    }
    expect(credentials.size).toBe(40);
  });

  test('a secret in the URL is noticed and belongs to the same credential', () => {
    const live = demoLive(7, nowMs);
    const line = live.linesUntil(nowMs + 20_000).find(({ attack }) => attack === 'secret-in-url');
    expect(line?.line).toContain('demo-secret-');
    const event = decoded(line?.line ?? '', line?.timeMs ?? 0);
    expect(event.secretQueryKeys.length).toBe(1);
    expect(JSON.stringify(event)).not.toContain('demo-secret-');
    expect(event.credentialSource).toBe('gateway_id');
  });
});
