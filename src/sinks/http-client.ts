import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { HttpAuth } from '../../schemas/config/http-auth.ts';
import { type Backoff, backoffMs, waitMs } from './retry.ts';
import { readSecret, readText } from './secret.ts';

/** What every request to one endpoint has in common; files are read once, at start. */
export interface HttpTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly timeoutMs: number;
}

/** The endpoint answered that it does not want this; trying again will not help. */
export class HttpRefused extends Error {}

/** `option` names the configuration section in messages. */
export function httpTarget(url: string, auth: HttpAuth, timeoutMs: number, option: string): HttpTarget {
  const password = readSecret(auth.password, auth.passwordFile, `${option}.passwordFile`);
  const token = readSecret(auth.bearerToken, auth.bearerTokenFile, `${option}.bearerTokenFile`);
  if (auth.user !== null && token !== undefined) {
    throw new Error(`${option}: both a user and a bearer token are given; keep one`);
  }
  const { caFile, certFile, keyFile } = auth.tls;
  if ((certFile === null) !== (keyFile === null)) {
    throw new Error(`${option}.tls: certFile and keyFile belong together; one of them is missing`);
  }
  const basic = Buffer.from(`${auth.user ?? ''}:${password ?? ''}`).toString('base64');
  const authorization =
    token !== undefined ? `Bearer ${token}` : auth.user !== null ? `Basic ${basic}` : undefined;
  return {
    url: new URL(url),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'bearerwatch',
      ...(authorization === undefined ? {} : { authorization }),
    },
    tls: {
      ...(caFile === null ? {} : { ca: readText(caFile, `${option}.tls.caFile`) }),
      ...(certFile === null ? {} : { cert: readText(certFile, `${option}.tls.certFile`) }),
      ...(keyFile === null ? {} : { key: readText(keyFile, `${option}.tls.keyFile`) }),
    },
    timeoutMs,
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** One POST; follows no redirect, so that headers and bodies go nowhere else. */
export function post(
  target: HttpTarget,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const { url } = target;
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(target.timeoutMs)]);
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const request = send(
      url,
      {
        method: 'POST',
        headers: { ...target.headers, ...headers, ...length },
        ...target.tls,
        signal: limited,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < 2048) text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', (error) => {
      const timedOut = limited.aborted && !signal.aborted;
      reject(timedOut ? new Error(`no answer within ${target.timeoutMs} ms`) : error);
    });
    request.end(body);
  });
}

export interface Attempts {
  /** Called after each failure with one line about it. */
  onFailure(text: string): void;
  onRetry(): void;
}

/**
 * Posts until the endpoint has taken it. What can pass by itself (no connection, 408, 425, 429,
 * 5xx) is tried again with back-off, at the time the endpoint names in Retry-After if it does.
 * Throws `HttpRefused` on any other answer, and the signal's reason when it is aborted; when
 * `retryWhile` is aborted the attempt in hand goes on and no other follows.
 */
export async function postUntilTaken(
  target: HttpTarget,
  body: string,
  headers: () => Readonly<Record<string, string>>,
  backoff: Backoff,
  attempts: Attempts,
  signal: AbortSignal,
  retryWhile: AbortSignal = signal,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    retryWhile.throwIfAborted();
    let laterMs = 0;
    try {
      const answer = await post(target, body, headers(), signal);
      if (answer.status >= 200 && answer.status < 300) return;
      const text = `${target.url.origin} answered ${answer.status}${excerpt(answer.text)}`;
      attempts.onFailure(text);
      if (answer.status < 500 && ![408, 425, 429].includes(answer.status)) throw new HttpRefused(text);
      laterMs = retryAfterMs(answer.headers['retry-after']);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof HttpRefused) throw error;
      attempts.onFailure(`${target.url.origin}: ${reasonOf(error)}`);
    }
    attempts.onRetry();
    await waitMs(Math.max(laterMs, backoffMs(backoff, attempt)), retryWhile);
  }
}

function excerpt(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  const line = text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line === '' ? '' : `: ${line.slice(0, 160)}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const first = error instanceof AggregateError ? error.errors[0] : error;
  const code = (first as NodeJS.ErrnoException).code;
  return code === undefined ? error.message : `${code}; is it running and reachable?`;
}

/** Seconds form only; at most five minutes, so that no endpoint can silence us for long. */
function retryAfterMs(header: string | undefined): number {
  const seconds = Number(header ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 300) * 1000 : 0;
}
