import { clean } from './text.ts';

/** A path as a route template with the ids taken out, and the last id as the object asked for. */
export interface Templated {
  /** Method and template; the template alone without a method. */
  readonly route: string;
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

/** One position of the tree of known paths; its template is ready. */
interface Position {
  readonly template: string;
  /** The segment that leads here; empty for a placeholder. */
  readonly segment: string;
  readonly isSecretParent: boolean;
  /** Null once more than fifty different words stood here. */
  literals: Map<string, Position> | null;
  /** Literals by a few of their characters: found without a text of its own for the segment. */
  near: (Position | undefined)[] | null;
  placeholders: Map<string, Position> | null;
  /** With each method before it: one text for all events of a route. */
  routes: Map<string, string> | null;
}

const nearPlaces = 16;
const mostMethods = 16;

/**
 * Path → template: ids, hashes, dates and addresses become placeholders by their form; a position with
 * more than fifty different literals under one prefix becomes {var}. Positions are bounded: an attacker
 * may ask for ten million different paths.
 */
export class RouteTemplates {
  readonly #root = position('');
  #nodes = 0;

  of(path: string, method: string | null): Templated {
    let at = this.#root;
    let objectId: string | null = null;
    let objectNumber: number | null = null;
    let segments = 0;
    let afterSecretName = false;
    /** The masked path up to `copied`, once something in it had to change. */
    let masked = '';
    let copied = 0;
    let start = path.charCodeAt(0) === slash ? 1 : 0;
    if (start === 0) masked = '/';
    for (; start < path.length; start += 1) {
      let end = path.indexOf('/', start);
      if (end < 0) end = path.length;
      if (end === start || segments === mostSegments) {
        masked += path.slice(copied, start - 1);
        copied = end === start ? end : path.length;
        if (end !== start) {
          masked += '/…';
          at = this.#placeholder(at, '…');
          break;
        }
        start = end;
        continue;
      }
      segments += 1;
      const known: Position | undefined = afterSecretName ? undefined : literalAt(at, path, start, end);
      if (known !== undefined) {
        at = known;
        afterSecretName = known.isSecretParent;
        start = end;
        continue;
      }
      const segment = path.slice(start, end);
      const kind: string | null = afterSecretName && isNoWord(segment) ? '{token}' : kindOf(segment);
      // No other kind is of letters and dashes only.
      afterSecretName = (kind === null || kind === '{token}') && isSecretParent(segment);
      if (kind === null) {
        const next = this.#literal(at, segment);
        if (next === null) {
          objectId = segment;
          objectNumber = null;
        }
        at = next ?? this.#placeholder(at, '{var}');
      } else {
        at = this.#placeholder(at, kind);
        if (kind === '{b64}' || kind === '{token}' || (kind === '{hex}' && segment.length >= 40)) {
          masked += path.slice(copied, start) + kind;
          copied = end;
        }
        if (kind !== '{date}') {
          objectId = segment;
          objectNumber = kind === '{int}' ? Number(segment) : null;
        }
      }
      start = end;
    }
    return {
      route: routeOf(at, method),
      objectId,
      objectNumber,
      path: maskedPath(path, masked, copied),
    };
  }

  /** The word's own position while its neighbours are few; null where they have become a variable. */
  #literal(at: Position, segment: string): Position | null {
    const { literals } = at;
    if (literals === null) return null;
    // Behind a secret's name a word is looked at again.
    const known = literals.get(segment);
    if (known !== undefined) return known;
    if (this.#nodes >= mostNodes) return null;
    if (literals.size >= mostLiterals) {
      this.#nodes -= positionsUnder(literals);
      at.literals = null;
      at.near = null;
      return null;
    }
    const next = position(`${at.template}/${clean(segment, 64)}`, segment);
    literals.set(segment, next);
    this.#nodes += 1;
    return next;
  }

  #placeholder(at: Position, kind: string): Position {
    const known = at.placeholders?.get(kind);
    if (known !== undefined) return known;
    const next = position(`${at.template}/${kind}`);
    // Beyond the bound a position lives for one path only.
    if (this.#nodes >= mostNodes) return next;
    at.placeholders ??= new Map();
    at.placeholders.set(kind, next);
    this.#nodes += 1;
    return next;
  }
}

const slash = 0x2f;

function position(template: string, segment = ''): Position {
  return {
    template,
    segment,
    isSecretParent: isSecretParent(segment),
    literals: new Map(),
    near: null,
    placeholders: null,
    routes: null,
  };
}

function isSecretParent(segment: string): boolean {
  return secretParents.has(segment) || secretParents.has(segment.toLowerCase());
}

/** The known word at this place of the path. */
function literalAt(at: Position, path: string, start: number, end: number): Position | undefined {
  const { literals } = at;
  if (literals === null || literals.size === 0) return undefined;
  const place =
    (3 * (end - start) + path.charCodeAt(start) + 5 * path.charCodeAt(end - 1)) & (nearPlaces - 1);
  const near = at.near?.[place];
  if (near?.segment.length === end - start && path.startsWith(near.segment, start)) return near;
  const known = literals.get(path.slice(start, end));
  if (known !== undefined) {
    at.near ??= new Array<Position | undefined>(nearPlaces).fill(undefined);
    at.near[place] = known;
  }
  return known;
}

function routeOf(at: Position, method: string | null): string {
  const template = at.template === '' ? '/' : at.template;
  if (method === null) return template;
  const known = at.routes?.get(method);
  if (known !== undefined) return known;
  const route = `${method} ${template}`;
  at.routes ??= new Map();
  if (at.routes.size < mostMethods) at.routes.set(method, route);
  return route;
}

function positionsUnder(positions: ReadonlyMap<string, Position>): number {
  let sum = positions.size;
  for (const { literals, placeholders } of positions.values())
    sum +=
      (literals === null ? 0 : positionsUnder(literals)) +
      (placeholders === null ? 0 : positionsUnder(placeholders));
  return sum;
}

/** One slash before each segment and none at the end. */
function maskedPath(path: string, masked: string, copied: number): string {
  const whole = masked === '' && copied === 0 ? path : masked + path.slice(copied);
  const trimmed = whole.charCodeAt(whole.length - 1) === slash ? whole.slice(0, -1) : whole;
  return trimmed === '' ? '/' : trimmed;
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
