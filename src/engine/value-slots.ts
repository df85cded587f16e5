import type { Cells } from './record-layout.ts';

/** A credential's known values of one dimension: a few slots in its record. */
export interface ValueSlots {
  readonly hashes: Cells;
  readonly hours: Cells;
  readonly firstS: Cells;
  readonly lastHour: Cells;
  newValues: number;
}

/** Slot of the value, or −1. */
export function slotOf(slots: ValueSlots, hash: number): number {
  return slots.hashes.indexOf(hash);
}

/** Puts a value in place of an empty slot or of the least known one; returns the slot. */
export function claimSlot(slots: ValueSlots, hash: number, timeS: number, hour: number): number {
  let victim = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let slot = 0; slot < slots.hashes.length; slot += 1) {
    if (slots.hashes.get(slot) === 0) {
      victim = slot;
      break;
    }
    // A habit of a hundred hours outlives a month of silence; a passing value a day.
    const worth = slots.hours.get(slot) - (hour - slots.lastHour.get(slot)) / 24;
    if (worth < least) {
      least = worth;
      victim = slot;
    }
  }
  slots.hashes.set(victim, hash);
  slots.hours.set(victim, 0);
  slots.firstS.set(victim, timeS);
  slots.lastHour.set(victim, 0);
  return victim;
}

export interface KnownValue {
  readonly hash: number;
  readonly hours: number;
  readonly firstS: number;
  readonly lastHour: number;
}

/** Values by how long they were used, most used first; for explanations only. */
export function knownValues(slots: ValueSlots): KnownValue[] {
  const known: KnownValue[] = [];
  for (let slot = 0; slot < slots.hashes.length; slot += 1) {
    const hash = slots.hashes.get(slot);
    if (hash === 0) continue;
    known.push({
      hash,
      hours: slots.hours.get(slot),
      firstS: slots.firstS.get(slot),
      lastHour: slots.lastHour.get(slot),
    });
  }
  return known.sort((a, b) => b.hours - a.hours);
}
