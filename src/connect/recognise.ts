import type { Format, Reading } from '../decode/format.ts';
import { formats } from '../decode/formats/index.ts';
import type { JsonObject } from '../decode/text.ts';
import type { Line } from '../decode/unwrapped.ts';

/** What one record is, and why. */
export interface Recognised {
  readonly format: Format;
  /** Keys of the line whose presence decided; none for a text format. */
  readonly keys: readonly string[];
  /** Places of the line that hold a raw secret, by what they are: never the secret. */
  readonly rawSecrets: readonly string[];
  readonly hasForwardedFor: boolean;
}

const keysShown = 6;
const nothing: JsonObject = Object.freeze({});

/** Tries the known formats in their order; null when none fits the line. */
export function recognise(
  line: Line,
  pinned?: string,
  known: readonly Format[] = formats,
): Recognised | null {
  const shape = line.json === null ? 'text' : 'json';
  for (const format of known) {
    if (pinned === undefined ? format.shape !== shape : format.id !== pinned) continue;
    const asked = new Set<string>();
    const matches = format.matches(line.json === null ? nothing : watched(line.json, asked), line.text);
    if (!matches && pinned === undefined) continue;
    const reading = format.read(line.json ?? nothing, line.text);
    return {
      format,
      keys: [...asked].slice(0, keysShown),
      rawSecrets: 'time' in reading ? rawSecretsOf(reading) : [],
      hasForwardedFor: 'time' in reading && Boolean(reading.forwardedFor),
    };
  }
  return null;
}

/** The line itself; notes which of its keys were asked for and found. */
function watched(line: JsonObject, asked: Set<string>): JsonObject {
  return new Proxy(line, {
    get(target, key) {
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return undefined;
      asked.add(key);
      return target[key];
    },
  });
}

function rawSecretsOf({ authorization, apiKey, isKeyHashed, cookie, mapped }: Reading): string[] {
  const found: string[] = [];
  if (isRaw(authorization)) found.push('the Authorization header');
  if (isRaw(apiKey) && isKeyHashed !== true)
    found.push(mapped ? 'the place that the mapping names for the credential' : 'an API key header');
  if (isRaw(cookie)) found.push('the Cookie header');
  return found;
}

const shortestSecret = 8;

/** Gateways that redact write a word or stars in place of the value. */
function isRaw(value: string | null | undefined): boolean {
  if (value === null || value === undefined || value.length < shortestSecret) return false;
  return !value.includes('***') && !value.toLowerCase().includes('redacted');
}
