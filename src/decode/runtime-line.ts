import { type JsonObject, object } from './text.ts';

/**
 * One line as a container runtime wrote it (CRI). containerd cuts a line at 16 kB, CRI-O wherever its
 * buffer of 8 kB ends: every part but the last is marked `P`.
 */
export interface RuntimeLine {
  /** Parts of one line have the same: standard output or error, and where the shipper found it. */
  readonly stream: string;
  readonly isCut: boolean;
  readonly text: string;
}

const longestTime = 48;
const markerLength = ' stdout F '.length;

/** `TIME stdout F TEXT`; null for every other line. */
export function runtimeLine(line: string): RuntimeLine | null {
  const first = line.charCodeAt(0);
  // The time is of RFC 3339: `2026-`.
  if (first < 0x30 || first > 0x39 || line.charCodeAt(4) !== 0x2d) return null;
  const at = line.slice(0, longestTime + 4).indexOf(' std');
  if (at < 0) return null;
  const marker = line.slice(at + 1, at + markerLength);
  const name = marker.slice(0, 6);
  if ((name !== 'stdout' && name !== 'stderr') || marker[6] !== ' ' || marker[8] !== ' ') return null;
  if (marker[7] !== 'F' && marker[7] !== 'P') return null;
  return { stream: name, isCut: marker[7] === 'P', text: line.slice(at + markerLength) };
}

/** The same taken apart by a shipper (Fluent Bit's and Fluentd's `cri` parsers); null for every other object. */
export function runtimeFields(line: JsonObject): RuntimeLine | null {
  const { logtag, stream } = line;
  if (typeof logtag !== 'string' || typeof stream !== 'string') return null;
  const text = line['log'] ?? line['message'];
  if (typeof text !== 'string') return null;
  return { stream: `${originOf(line)}${stream}`, isCut: logtag.startsWith('P'), text };
}

/** Docker cuts a line at 16 kB; of a character that lay across the cut another number of bytes is left. */
const dockerCutBytes = 16_384 - 8;
const dockerKeys = new Set(['log', 'stream', 'attrs', 'time']);

/**
 * A line of Docker's `json-file`, also in a shipper's envelope: a `log` that does not end with a newline
 * goes on in the next line. Shippers take the newline off whole lines too: what is short is cut only where
 * nothing but Docker's own keys stand and its JSON ends too early. Null for a line that is not cut, unless
 * it may be the end of one (`mayEnd`).
 */
export function dockerFields(
  line: JsonObject,
  isWhole: (text: string) => boolean,
  mayEnd: boolean,
): RuntimeLine | null {
  const { log, stream } = line;
  if (typeof log !== 'string' || (stream !== 'stdout' && stream !== 'stderr')) return null;
  const isEnded = log.endsWith('\n');
  const isCut =
    !isEnded &&
    (Buffer.byteLength(log) >= dockerCutBytes || (log.startsWith('{') && isDockers(line) && !isWhole(log)));
  if (!isCut && !mayEnd) return null;
  return {
    stream: `${originOf(line)}${stream}`,
    isCut,
    text: isEnded ? log.slice(0, log.endsWith('\r\n') ? -2 : -1) : log,
  };
}

function isDockers(line: JsonObject): boolean {
  return typeof line['time'] === 'string' && Object.keys(line).every((key) => dockerKeys.has(key));
}

/** What tells one container's lines from another's in a shipper's envelope. */
export function originOf(line: JsonObject): string {
  const kubernetes = object(line['kubernetes']);
  const names = [
    line['host'],
    line['file'],
    line['filename'],
    line['path'],
    object(object(line['log'])['file'])['path'],
    line['log.file.path'],
    line['container_id'],
    line['k8s.pod.uid'],
    line['k8s.container.name'],
    kubernetes['pod_id'],
    kubernetes['pod_name'],
    kubernetes['container_name'],
  ];
  return names.map((name) => (typeof name === 'string' ? `${name}\n` : '\n')).join('');
}
