import { carriedLine } from './envelope.ts';
import { parseJson } from './json.ts';
import { isJson, isWholeLine } from './known-text.ts';
import { dockerFields, originOf, type RuntimeLine, runtimeFields, runtimeLine } from './runtime-line.ts';
import { object } from './text.ts';

/** What a record is to the lines that a container runtime cut. */
export interface Part {
  readonly stream: string;
  /** More of its line comes. */
  readonly isCut: boolean;
  /** It begins like a line of its own. */
  readonly isStart: boolean;
  /** It is a line of its own, and so not the end of another. */
  readonly isWhole: boolean;
  /** Bytes of the head that the runtime wrote, where the record is the line as it was written. */
  readonly headBytes: number | null;
}

const maxDepth = 64;
const longestHead = 64;
const text = new TextDecoder('utf-8');

/** Null when a runtime did not write it. Reads all of the record: to be asked only where that is worth it. */
export function partOf(value: Uint8Array): Part | null {
  const first = value[0];
  if (first === 0x7b) return partOfObject(text.decode(value));
  if (first === undefined || first < 0x30 || first > 0x39) return null;
  const line = runtimeLine(text.decode(value));
  if (line === null) return null;
  const head = Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, longestHead));
  return partFrom(line, head.indexOf(' std') + ' stdout F '.length);
}

/** By its first bytes alone: the start or the middle of a line, as the runtime wrote it. */
export function isCutHead(value: Uint8Array): boolean {
  const first = value[0];
  if (first === undefined || first < 0x30 || first > 0x39) return false;
  return runtimeLine(text.decode(value.subarray(0, longestHead)))?.isCut === true;
}

function partOfObject(json: string): Part | null {
  const parsed = parseJson(json, maxDepth);
  if (parsed.kind !== 'value') return null;
  const line = object(parsed.value);
  const fields = runtimeFields(line) ?? dockerFields(line, (each) => isWholeLine(each, maxDepth), true);
  if (fields !== null) return partFrom(fields, null);
  const carried = carriedLine(line);
  const part = carried === null ? null : runtimeLine(carried.trimStart());
  return part === null ? null : partFrom({ ...part, stream: `${originOf(line)}${part.stream}` }, null);
}

function partFrom({ stream, isCut, text: line }: RuntimeLine, headBytes: number | null): Part {
  const isWhole = !isCut && isWholeLine(line, maxDepth);
  return {
    stream: `${headBytes === null ? 'in ' : ''}${stream}`,
    isCut,
    isStart: isJson(line),
    isWhole,
    headBytes,
  };
}
