import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32 } from '../stats/hash.ts';

/** Id of an event whose line has none: differs between two lines that differ in time, caller, target or answer. */
export function fingerprintOf(event: UsageEvent): string {
  const { timestampMs, credentialId, method, path, clientAddress, responseBytes } = event;
  // One text, since reading each letter of a part that is cut out of the line takes longer.
  const parts = `${credentialId} ${method ?? ''} ${path ?? ''} ${clientAddress ?? ''} ${responseBytes ?? ''}`;
  return `${timeInBase36(timestampMs)}-${base36(hash32(parts))}`;
}

/** Lines without an id are often of whole seconds: the same one comes again at once. */
let latestMs = 0;
let latestText = '0';

function timeInBase36(ms: number): string {
  if (ms !== latestMs) {
    latestMs = ms;
    latestText = base36(ms);
  }
  return latestText;
}

const pairs = Array.from({ length: 36 ** 2 }, (_, n) => n.toString(36).padStart(2, '0'));

/** As `toString(36)` of a whole number, which takes the engine four times as long. */
function base36(whole: number): string {
  let text = '';
  let rest = whole;
  while (rest >= pairs.length) {
    const next = Math.floor(rest / pairs.length);
    text = (pairs[rest - next * pairs.length] as string) + text;
    rest = next;
  }
  const first = pairs[rest] as string;
  return (rest < 36 ? first.slice(1) : first) + text;
}
