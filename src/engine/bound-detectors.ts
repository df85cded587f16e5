import type { BehaviouralDetector } from './detector.ts';
import type { RecordLayout } from './record-layout.ts';

/**
 * A detector's functions with its part of the record and its columns of the feature vector. Functions are
 * fields here: detectors' own objects are of as many shapes as there are detectors, which makes each
 * access a search.
 */
export interface Bound {
  readonly score: BehaviouralDetector['score'];
  readonly learn: BehaviouralDetector['learn'];
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
    const { score, learn } = detector;
    return { score, learn, state: layout.add(detector.id, detector.state), out };
  });
}
