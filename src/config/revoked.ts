import { readFileSync } from 'node:fs';

/**
 * Ids of revoked credentials and tokens: one a line, `#` begins a comment line. Throws one clear line when
 * the file cannot be read: to go on without the list would be to trust what was revoked.
 */
export function readRevoked(file: string | undefined): ReadonlySet<string> {
  if (file === undefined) return new Set();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(`lists.revokedFile: cannot read ${file} (${reason}); check the path and its permissions`);
  }
  const lines = text.split('\n').map((line) => line.trim());
  return new Set(lines.filter((line) => line !== '' && !line.startsWith('#')));
}
