import type { BehaviouralDetector } from './detector.ts';
import type { RecordLayout } from './record-layout.ts';

/** A detector with its part of the record and its columns of the feature vector. */
export interface Bound {
  readonly detector: BehaviouralDetector;
  // biome-ignore lint/suspicious/noExplicitAny: each detector's state has its own layout
  readonly state: any;
  readonly out: { set(feature: number, value: number): void };
}

/** Gives every detector its part of the record and its columns of the feature vector. */
export function bind(
  detectors: readonly BehaviouralDetector[],
  layout: RecordLayout,
  raw: Float64Array,
): Bound[] {
  let base = 0;
  return detectors.map((detector) => {
    const first = base;
    base += detector.features.length;
    const out = {
      set(feature: number, value: number) {
        raw[first + feature] = value;
      },
    };
    return { detector, state: layout.add(detector.id, detector.state), out };
  });
}
