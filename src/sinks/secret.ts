import { readFileSync } from 'node:fs';

/** A secret given in the configuration or in a file (surrounding white space removed); undefined when neither is. */
export function readSecret(value: string | null, file: string | null, what: string): string | undefined {
  if (file === null) return value ?? undefined;
  return readText(file, what).trim();
}

/** Text of a configured file. The message of a failure names the option and the path, never the content. */
export function readText(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new Error(`${what}: cannot read ${file} (${reason}); check the path and its permissions`);
  }
}
