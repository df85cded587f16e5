import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import { shownName } from './excerpt.ts';
import type { Format } from './format.ts';
import { number } from './text.ts';
import type { Line } from './unwrapped.ts';

const quote = 0x22;
const words: ReadonlySet<string> = new Set(['null', 'true', 'false']);

/** Why no format fits a line, in words of the line's names at most. `record`: the bytes it came in. */
export function unknownLine(
  { json, text }: Line,
  record: Uint8Array,
  mapped: readonly Format[],
): { readonly reason: DeadLetterReason; readonly detail: string } {
  if (json !== null) return { reason: 'unknown-format', detail: detailOfObject(json, mapped) };
  const scalar = words.has(text) ? text : number(text) === null ? null : 'a number';
  if (scalar !== null)
    return { reason: 'wrong-type', detail: `an event must be an object or a line of text, got ${scalar}` };
  if (record[0] === quote)
    return {
      reason: 'wrong-type',
      detail:
        'a JSON string in which no text format fits; an event must be an object or a line of a known format',
    };
  return {
    reason: 'unknown-format',
    detail: 'no text format fits this line; pin decode.format if it is one of the known ones',
  };
}

function detailOfObject(json: object, mapped: readonly Format[]): string {
  const keys = Object.keys(json).slice(0, 8).map(shownName);
  const own = mapped.length === 0 ? '' : `no mapping (${mapped.map(({ id }) => id).join(', ')}) and `;
  return `${own}no format fits an object with the keys ${keys.join(', ')}; an event needs at least time, status and a path`;
}
