import type { DeadLetterReason } from '../../schemas/dead-letter.ts';
import type { JoinedParts } from './joined-parts.ts';
import type { JsonObject } from './text.ts';

export interface UnwrapLimits {
  readonly maxRecordBytes: number;
  readonly maxInflatedBytes: number;
  readonly maxDepth: number;
  /** A user's mapping reads this object as it is: it is no envelope, whatever it holds. */
  readonly isMapped?: (line: JsonObject) => boolean;
}

/** One log line out of its envelopes: an object, or text that is no JSON. */
export type Line =
  | { readonly json: JsonObject; readonly text: '' }
  | { readonly json: null; readonly text: string };

export interface Refusal {
  readonly reason: DeadLetterReason;
  readonly detail: string;
}

export interface Unwrapped {
  readonly lines: Line[];
  readonly refusals: Refusal[];
  skipped: number;
  /** Printable ASCII without an escape: no text in it can hold anything else. */
  isPlain: boolean;
  /** It was looked at as a line of text: in one looked at as JSON a text outside of JSON may hold anything. */
  isLookOfText: boolean;
  /** Plain, and nothing in it looks like a secret, nor like the name of one before a value. */
  isHarmless: boolean;
  /** Parts of lines that wait for their ends; null while there was none. */
  parts: JoinedParts | null;
}

export function refuse(out: Unwrapped, reason: DeadLetterReason, detail: string): void {
  out.refusals.push({ reason, detail });
}

/** Texts are looked at again one by one. */
export function notPlain(out: Unwrapped): void {
  out.isPlain = false;
  out.isHarmless = false;
}
