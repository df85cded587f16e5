import type { Budget } from './budget.ts';
import type { Campaigns } from './campaigns.ts';
import type { CommonChanges } from './common-changes.ts';
import type { CheckpointWriter } from './engine.types.ts';
import type { EntityStore } from './entity-store.ts';
import type { EventClock } from './event-clock.ts';
import type { Habits } from './habits.ts';
import type { Incident, Incidents } from './incidents.ts';
import type { Lineage, StoredLineage } from './lineage.ts';
import type { RecordLayout } from './record-layout.ts';
import type { SharedMemory } from './shared-memory.ts';

/** Everything an engine knows, as named runs of bytes: one a record, one a page of a shared table, one a small part. */
export interface SnapshotParts {
  readonly layout: RecordLayout;
  readonly store: EntityStore;
  readonly shared: SharedMemory;
  readonly habits: Habits;
  readonly budget: Budget;
  readonly incidents: Incidents;
  readonly campaigns: Campaigns;
  readonly changes: CommonChanges;
  readonly lineage: Lineage;
  readonly clock: EventClock;
}

const text = new TextEncoder();
const words = new TextDecoder();

export function writeSnapshot(parts: SnapshotParts, writer: CheckpointWriter): void {
  writer.put('layout', text.encode(signatureOf(parts)));
  for (const [low, high] of parts.store.takeEvicted()) writer.remove(recordKey(low, high));
  parts.store.forEachDirty((low, high, lastUsedS, bytes) => {
    const value = new Uint8Array(4 + bytes.byteLength);
    new DataView(value.buffer).setUint32(0, lastUsedS);
    value.set(bytes, 4);
    writer.put(recordKey(low, high), value);
  });
  putJson(
    writer,
    'tables',
    Object.fromEntries(parts.shared.tables().map(([name, table]) => [name, table.pages])),
  );
  for (const [name, table] of parts.shared.tables()) {
    table.forEachDirtyPage((page, bytes) => writer.put(`table/${name}/${page}`, bytes));
  }
  writer.put('types', parts.habits.toBytes());
  putJson(writer, 'budget', parts.budget.toJson());
  putJson(writer, 'operations', parts.shared.operationCounts.totals);
  putJson(writer, 'clocks', [...parts.clock.partitions]);
  putJson(writer, 'swept', { ms: parts.clock.sweptMs });
  putJson(writer, 'names', parts.shared.names.entries());
  putJson(writer, 'gateways', [...parts.shared.gatewaysWithKeys]);
  putJson(writer, 'incidents', parts.incidents.all().map(flatten));
  putJson(writer, 'campaigns', parts.campaigns.toJson());
  putJson(writer, 'newsRate', parts.shared.newsRate.toJson());
  putJson(writer, 'changes', parts.changes.toJson());
  putJson(writer, 'lineage', parts.lineage.toJson());
}

/** Throws RangeError when the entries were written for other detectors or table sizes. */
export function readSnapshot(parts: SnapshotParts, entries: Iterable<readonly [string, Uint8Array]>): void {
  const records: { low: number; high: number; lastUsedS: number; bytes: Uint8Array }[] = [];
  const tables = new Map(parts.shared.tables());
  const pages: { name: string; page: number; value: Uint8Array }[] = [];
  for (const [key, value] of entries) {
    const [kind, name, page] = key.split('/');
    if (kind === 'record') records.push(recordOf(name ?? '', value));
    else if (kind === 'table') pages.push({ name: name ?? '', page: Number(page), value });
    else readSmall(parts, key, value);
  }
  for (const { name, page, value } of pages) tables.get(name)?.restorePage(page, value);
  records.sort((a, b) => a.lastUsedS - b.lastUsedS);
  for (const { low, high, lastUsedS, bytes } of records) parts.store.restore(low, high, lastUsedS, bytes);
}

function readSmall(parts: SnapshotParts, key: string, value: Uint8Array): void {
  switch (key) {
    case 'layout':
      if (words.decode(value) !== signatureOf(parts)) {
        throw new RangeError('The stored state was written by other detectors');
      }
      return;
    case 'tables':
      for (const [name, table] of parts.shared.tables()) table.expectPages(json(value)[name] ?? 0);
      return;
    case 'types':
      parts.habits.fromBytes(value);
      return;
    case 'budget':
      parts.budget.fromJson(json(value));
      return;
    case 'operations':
      parts.shared.operationCounts.restore(json(value)['total'] ?? 0, json(value)['distinct'] ?? 0);
      return;
    case 'clocks':
      for (const [partition, clock] of json<[string, { newestMs: number; watermarkMs: number }][]>(value)) {
        parts.clock.partitions.set(partition, clock);
      }
      return;
    case 'swept':
      parts.clock.sweptMs = json(value)['ms'] ?? 0;
      return;
    case 'names':
      for (const [hash, name] of json<[number, string][]>(value)) parts.shared.names.remember(hash, name);
      return;
    case 'gateways':
      for (const hash of json<number[]>(value)) parts.shared.gatewaysWithKeys.add(hash);
      return;
    case 'campaigns':
      parts.campaigns.fromJson(json<unknown[]>(value));
      return;
    case 'newsRate':
      parts.shared.newsRate.fromJson(json(value));
      return;
    case 'changes':
      parts.changes.fromJson(json(value));
      return;
    case 'lineage':
      parts.lineage.fromJson(json<StoredLineage>(value));
      return;
    case 'incidents':
      for (const incident of json<Flat[]>(value)) parts.incidents.restore(unflatten(incident));
      return;
  }
}

function signatureOf({ layout }: SnapshotParts): string {
  return layout.signature;
}

function recordKey(low: number, high: number): string {
  return `record/${low.toString(16).padStart(8, '0')}${high.toString(16).padStart(8, '0')}`;
}

function recordOf(name: string, value: Uint8Array) {
  return {
    low: Number.parseInt(name.slice(0, 8), 16),
    high: Number.parseInt(name.slice(8), 16),
    lastUsedS: new DataView(value.buffer, value.byteOffset).getUint32(0),
    bytes: value.subarray(4),
  };
}

type Flat = Omit<Incident, 'violations' | 'behaviour' | 'toldBits'> & {
  violations: [string, unknown][];
  behaviour: [string, unknown][];
  toldBits: number | null;
};

function flatten(incident: Incident): Flat {
  return { ...incident, violations: [...incident.violations], behaviour: [...incident.behaviour] };
}

function unflatten(flat: Flat): Incident {
  return {
    ...flat,
    toldBits: flat.toldBits ?? Number.NEGATIVE_INFINITY,
    awaits: flat.awaits ?? null,
    lacking: flat.lacking ?? null,
    links: flat.links ?? [],
    // Numbers of the ring before the restart mean nothing after it.
    examples: flat.examples.map((example) => ({ ...example, number: -Math.abs(example.number) })),
    violations: new Map(flat.violations),
    behaviour: new Map(flat.behaviour),
  } as Incident;
}

function putJson(writer: CheckpointWriter, key: string, value: unknown): void {
  writer.put(key, text.encode(JSON.stringify(value)));
}

function json<T = Record<string, number>>(value: Uint8Array): T {
  return JSON.parse(words.decode(value)) as T;
}
