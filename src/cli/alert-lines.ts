import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import { CliFailure, messageOf, runFailure, usageFailure } from './io.ts';

/** The latest state of one alert in a file of JSON lines; `-` reads `stdin`. */
export async function alertFromLines(file: string, id: string, stdin: Readable): Promise<Alert> {
  const input = file === '-' ? stdin : createReadStream(file);
  const found = new Map<string, Alert>();
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      // Cheap before exact: most lines are about other alerts.
      if (!text.includes(id)) continue;
      const alert = parseAlert(text, `${file}:${line}`);
      if (alert.id.startsWith(id)) found.set(alert.id, alert);
    }
  } catch (error) {
    throw error instanceof CliFailure ? error : runFailure(`${file}: ${messageOf(error)}`);
  }
  const [first, ...others] = found.values();
  if (first === undefined) throw runFailure(`no alert ${id} in ${file} (${line} lines)`);
  const exact = found.get(id);
  if (exact === undefined && others.length > 0) {
    const some = [...found.keys()].slice(0, 5).join(', ');
    throw usageFailure(`several alerts start with ${id}: ${some}; give more of the id`);
  }
  return exact ?? first;
}

function parseAlert(text: string, where: string): Alert {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw runFailure(`${where}: not a JSON line: ${messageOf(error)}`);
  }
  const parsed = alertSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw runFailure(`${where}: not an alert: ${path.join('.')}: ${message}`);
}
