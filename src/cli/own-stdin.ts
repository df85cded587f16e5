import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';

/**
 * Standard input for this program alone. The embedded database runs in the same process and appends what
 * stands on descriptor 0 to the rows of an insert, so log lines on a pipe would be eaten by it: the input
 * moves to another descriptor, and 0 becomes /dev/null. Call before anything has touched process.stdin.
 *
 * A socket cannot be opened a second time; it is left as it is.
 */
export function ownStdin(): Readable {
  let descriptor: number;
  try {
    descriptor = openSync('/dev/stdin', 'r');
  } catch {
    // Closed, a socket, or a system without this path: nothing to move.
    return process.stdin;
  }
  closeSync(0);
  // The lowest free descriptor is given out, so this is 0 again.
  openSync('/dev/null', 'r');
  if (isatty(descriptor)) return new ReadStream(descriptor);
  const kind = fstatSync(descriptor);
  // A pipe is read without blocking a thread, so that a stop need not wait for its next byte.
  return kind.isFIFO()
    ? new Socket({ fd: descriptor, readable: true, writable: false })
    : createReadStream('', { fd: descriptor });
}
