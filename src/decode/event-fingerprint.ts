import type { UsageEvent } from '../../schemas/usage-event.ts';
import { hash32, mix32 } from '../stats/hash.ts';
import { Recent } from './recent.ts';

/** Id of an event whose line has none: differs between two lines that differ in time, caller, target or answer. */
export function fingerprintOf(event: UsageEvent): string {
  const { timestampMs, credentialId, method, path, clientAddress, responseBytes } = event;
  const caller = mix32(hashOfKnown(credentialId), hashOfKnown(clientAddress ?? ''));
  const call = mix32(hash32(method ?? ''), hash32(path ?? ''));
  return `${timeInBase36(timestampMs)}-${base36(mix32(mix32(caller, call), responseBytes ?? -1))}`;
}

/** Callers and their addresses come again and again, and joining all parts into one text costs more than all else here. */
const knownHashes = new Recent<number>(4096);

function hashOfKnown(text: string): number {
  const known = knownHashes.get(text);
  if (known !== undefined) return known;
  const hash = hash32(text);
  knownHashes.set(text, hash);
  return hash;
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
