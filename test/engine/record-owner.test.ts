import { expect, test } from 'vitest';
import { call } from '../../detectors/examples/streams.ts';
import { CredentialMemory } from '../../src/engine/credential-memory.ts';
import { EntityStore } from '../../src/engine/entity-store.ts';
import { Incidents } from '../../src/engine/incidents.ts';
import { RecordLayout } from '../../src/engine/record-layout.ts';
import { RecordOwner } from '../../src/engine/record-owner.ts';
import { defaultSizes, SharedMemory } from '../../src/engine/shared-memory.ts';

const lineWords = 16;
const hour = 490_000;

test('RecordOwner reads every cache line of the record it finds, at once', () => {
  const layout = new RecordLayout();
  const shared = new SharedMemory(defaultSizes);
  const memory = new CredentialMemory(layout, shared);
  const owner = new RecordOwner(new EntityStore(layout, 10), shared, memory, new Incidents(3_600_000));
  const event = call(hour * 3_600_000, {});
  const key = { low: 7, high: 9 };
  expect(owner.find(event, key, hour * 3600, hour)).toBe(-1);
  expect(shared.fetched).toBe(0);

  const { u32, word } = layout.cursor;
  const lines = Math.ceil(layout.words / lineWords);
  for (let line = 0; line < lines; line += 1) u32[word + line * lineWords] = 1 << line;
  expect(lines).toBeGreaterThan(8);
  expect(owner.find(event, key, hour * 3600, hour)).toBe(0);
  expect(shared.fetched).toBe(2 ** lines - 1);
});
