import type { CredentialType, UsageEvent } from '../../schemas/usage-event.ts';
import type { JsonObject } from './text.ts';

/** Claims of a token as the gateway logged them, or as read from the token itself. */
export interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly azp?: unknown;
  readonly client_id?: unknown;
  readonly jti?: unknown;
  readonly exp?: unknown;
  readonly iat?: unknown;
  readonly scope?: unknown;
  readonly scp?: unknown;
  readonly kid?: unknown;
  readonly alg?: unknown;
  readonly sid?: unknown;
  readonly cnf?: unknown;
}

/** A credential the gateway itself names: safe to keep as it is. */
export interface GatewayCredential {
  readonly id: string;
  readonly type: CredentialType;
  readonly name?: string | null;
  readonly token?: string | null;
  /** Taken from what the caller sent (a header, a name): worth nothing when the call was refused. */
  readonly isSaid?: boolean;
}

/** A credential that an operator's mapping points at: it goes before all else the line says about its caller. */
export interface MappedCredential {
  /** Safe to keep as it is; null when it is the raw secret in `apiKey`. */
  readonly id: string | null;
  readonly type: CredentialType;
  readonly name: string | null;
  /** Worth nothing when the call was refused. */
  readonly isSaid: boolean;
}

/**
 * What a format found in one log line, before anything is resolved or hidden. Raw secrets appear only
 * in `authorization`, `apiKey`, `cookie` and in the query of `target`, and end in the next step.
 */
export interface Reading {
  readonly time: unknown;
  /** The line's time is that of the response: the start lies a duration before. */
  readonly timeIsEnd?: boolean;
  /** Fields that need no further thought. */
  readonly plain?: Partial<UsageEvent>;
  /** An empty event with such fields already in it, which becomes the line's own: what is read most need not be copied. */
  readonly event?: UsageEvent;
  readonly peer?: string | null;
  /** Client address as the gateway resolved it. */
  readonly client?: string | null;
  readonly forwardedFor?: string | null;
  readonly method?: string | null;
  /** Path or URL with its query, as requested. */
  readonly target?: string | null;
  /** Route template or operation as the gateway names it. */
  readonly route?: string | null;
  /** Name of the GraphQL operation, where it is logged as a field of its own. */
  readonly operation?: string | null;
  readonly status?: number | null;
  readonly durationMs?: number | null;
  readonly userAgent?: string | null;
  readonly credential?: GatewayCredential | null;
  readonly mapped?: MappedCredential | null;
  readonly claims?: Claims | null;
  /** The gateway logs claims only of tokens it has verified: with 403 their owner was known but forbidden. */
  readonly areClaimsVerified?: boolean;
  readonly authorization?: string | null;
  readonly apiKey?: string | null;
  /** The gateway logs the key only of callers it knows: it tells two keys of one consumer apart. */
  readonly isKeyKnown?: boolean;
  /** What stands in `apiKey` is by its form a hash or a remnant of the key: whoever reads the log cannot use it. */
  readonly isKeyHashed?: boolean;
  readonly cookie?: string | null;
}

export interface FilledReading extends Reading {
  readonly event: UsageEvent;
}

/**
 * `read` returns a Reading, or why the line is of no use. They are told apart by a property that a Reading
 * has not: asking with `in` costs more, since every format makes objects of its own shape.
 */
export type ReadResult =
  | (Reading & { readonly skip?: never; readonly refuse?: never })
  | { readonly skip: string; readonly refuse?: never }
  | { readonly refuse: 'wrong-type' | 'missing-field'; readonly detail: string; readonly skip?: never };

/** One producer's log line. One file each, listed in formats/index.ts in the order of detection. */
export interface Format {
  /** Also its file name and the value of `gateway.type`. */
  readonly id: string;
  readonly title: string;
  readonly shape: 'json' | 'text';
  /** What tells a line of this format from all others; cheap, and true for no other format before it. */
  readonly matches: (line: JsonObject, text: string) => boolean;
  /** Also fits lines of the formats before it: it is never tried first, whatever the line before was. */
  readonly isLastResort?: boolean;
  /**
   * `receivedMs`, epoch milliseconds, is for logs whose times lack the year; absent when nobody knows. Must
   * not decode texts (base64, %-escapes) and then take them by `text`: what comes of a plain line is not
   * looked at again.
   */
  readonly read: (line: JsonObject, text: string, receivedMs?: number) => ReadResult;
  /** What goes wrong with this gateway's logs. */
  readonly pitfalls: readonly string[];
  /** Log-format configuration that gives everything the detectors need, without the secret. */
  readonly snippet: { readonly language: string; readonly text: string };
  /** Canonical fields in the gateway's default log, and those the snippet adds. */
  readonly yields: {
    readonly byDefault: readonly (keyof UsageEvent)[];
    readonly withSnippet: readonly (keyof UsageEvent)[];
  };
  /** How the format was checked: run for real with a version, or lines from where. */
  readonly verified: string;
}
