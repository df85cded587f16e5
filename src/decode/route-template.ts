import { clean } from './text.ts';

/** A path as a route template with the ids taken out, and the last id as the object asked for. */
export interface Templated {
  readonly template: string;
  readonly objectId: string | null;
  readonly objectNumber: number | null;
  /** The path with secret-looking segments masked. */
  readonly path: string;
}

const mostLiterals = 50;
const mostNodes = 50_000;
const mostSegments = 32;

/** One-time links carry their secret in the segment behind these. */
const secretParents = new Set([
  'reset',
  'reset-password',
  'password-reset',
  'verify',
  'verify-email',
  'confirm',
  'activate',
  'invite',
  'invitation',
  'magic',
  'magic-link',
  'unsubscribe',
  'token',
]);

/** Something else than a short lower-case word or number. */
function isNoWord(segment: string): boolean {
  return segment.length >= 8 && (segment.length >= 16 || /[0-9A-Z]/.test(segment));
}

/**
 * Path → template: ids, hashes, dates and addresses become placeholders by their form; a position with
 * more than fifty different literals under one prefix becomes {var}. Nodes are bounded: an attacker may
 * ask for ten million different paths.
 */
export class RouteTemplates {
  readonly #children = new Map<string, Set<string> | null>();
  #nodes = 0;

  of(path: string): Templated {
    let template = '';
    let masked = '';
    let objectId: string | null = null;
    let objectNumber: number | null = null;
    let segments = 0;
    let afterSecretName = false;
    for (const segment of path.split('/')) {
      if (segment === '') continue;
      segments += 1;
      if (segments > mostSegments) {
        template += '/…';
        masked += '/…';
        break;
      }
      const kind = afterSecretName && isNoWord(segment) ? '{token}' : kindOf(segment);
      afterSecretName = secretParents.has(segment.toLowerCase());
      if (kind === null) {
        const literal = this.#literal(template, segment);
        if (literal === '{var}') {
          objectId = segment;
          objectNumber = null;
        }
        template += `/${literal}`;
        masked += `/${segment}`;
        continue;
      }
      template += `/${kind}`;
      const isSecret = kind === '{b64}' || kind === '{token}' || (kind === '{hex}' && segment.length >= 40);
      masked += `/${isSecret ? kind : segment}`;
      if (kind !== '{date}') {
        objectId = segment;
        objectNumber = kind === '{int}' ? Number(segment) : null;
      }
    }
    return {
      template: template === '' ? '/' : template,
      objectId,
      objectNumber,
      path: masked === '' ? '/' : masked,
    };
  }

  /** The literal itself while its position stays small; else the placeholder for everything. */
  #literal(prefix: string, segment: string): string {
    const known = this.#children.get(prefix);
    if (known === null) return '{var}';
    if (known === undefined) {
      if (this.#nodes >= mostNodes) return '{var}';
      this.#children.set(prefix, new Set([segment]));
      this.#nodes += 1;
      return clean(segment, 64);
    }
    if (known.has(segment)) return clean(segment, 64);
    if (known.size >= mostLiterals || this.#nodes >= mostNodes) {
      this.#nodes -= known.size;
      this.#children.set(prefix, null);
      return '{var}';
    }
    known.add(segment);
    this.#nodes += 1;
    return clean(segment, 64);
  }
}

/** Placeholder for an id by its form, null for a word. Character classes only; linear. */
function kindOf(segment: string): string | null {
  let digits = 0;
  let hex = 0;
  let lower = 0;
  let upper = 0;
  let dashes = 0;
  let dots = 0;
  let colons = 0;
  let others = 0;
  const length = segment.length;
  for (let i = 0; i < length; i += 1) {
    const code = segment.charCodeAt(i);
    if (code >= 48 && code <= 57) digits += 1;
    else if (code >= 97 && code <= 122) {
      lower += 1;
      if (code <= 102) hex += 1;
    } else if (code >= 65 && code <= 90) {
      upper += 1;
      if (code <= 70) hex += 1;
    } else if (code === 45) dashes += 1;
    else if (code === 46) dots += 1;
    else if (code === 58) colons += 1;
    else if (code === 64) return '{email}';
    else if (code !== 95 && code !== 61 && code !== 43) others += 1;
  }
  if (digits === length) return length <= 15 ? '{int}' : '{id}';
  const letters = lower + upper;
  if (length === 36 && dashes === 4 && digits + hex === 32 && digits + letters === 32) return '{uuid}';
  if (dashes === 2 && digits === length - 2 && length === 10) return '{date}';
  if (dots === 3 && digits === length - 3) return '{ip}';
  if (colons >= 2 && digits + hex + colons === length) return '{ip}';
  if (others > 0) return null;
  if (dashes === 0 && dots === 0 && letters === hex && digits > 0 && length >= 16) return '{hex}';
  if (length === 26 && lower === 0 && digits > 0 && dashes === 0 && dots === 0) return '{ulid}';
  if (length >= 20 && digits > 0 && upper > 0 && lower > 0 && dots <= 2) return '{b64}';
  // word-123 and ORD-2024-0001: a name with a long number at its end is an id
  if (digits >= 4 && digits * 2 >= length) return '{id}';
  if (digits >= 2 && letters > 0 && digits * 3 >= length && dashes > 0) return '{id}';
  return null;
}
