import { demoPast } from '../src/simulation/demo-fleet.ts';

const startMs = Date.UTC(2026, 5, 1);

/** Log lines of four gateways as the demo's fleet writes them, `count` of them, in order of time. */
export function* fleetLines(count: number): Generator<string> {
  let made = 0;
  for (let week = 0; made < count; week += 1) {
    for (const { line } of demoPast(100 + week, startMs + week * 21 * 86_400_000)) {
      yield line;
      made += 1;
      if (made >= count) return;
    }
  }
}
