import type { RecordLayout } from '../../src/engine/record-layout.ts';

/** Puts the layout's cursor onto an empty record; returns its bytes. */
export function freshRecord(layout: RecordLayout): Uint8Array {
  const buffer = new ArrayBuffer(layout.words * 4);
  Object.assign(layout.cursor, {
    f32: new Float32Array(buffer),
    u32: new Uint32Array(buffer),
    i16: new Int16Array(buffer),
    f64: new Float64Array(buffer),
    word: 0,
  });
  return new Uint8Array(buffer);
}
