import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { FastifyRequest } from 'fastify';

export type Body =
  | { readonly bytes: Uint8Array }
  | { readonly status: 400 | 413 | 415; readonly error: string };

/** What `Accept-Encoding` says with a refusal. */
export const knownEncodings = 'gzip, zstd';

/** Why no body of this kind is read, before it is; undefined where it may come. */
export function refusedType({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.toLowerCase().startsWith('multipart/') === true
    ? 'a form with several parts is not read; send the lines themselves as the body (curl --data-binary @FILE)'
    : undefined;
}

export function tooLarge(maxBytes: number): string {
  return `the body has more than ${maxBytes} bytes (source.http.maxBodyBytes, which also holds after inflating); send it in smaller parts`;
}

/** The body without its compression, at most `maxBytes` of it. */
export function bodyOf(request: FastifyRequest, maxBytes: number): Body {
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array(0);
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const limits = { maxOutputLength: maxBytes };
  try {
    switch (encoding) {
      case 'identity':
        return { bytes };
      case 'gzip':
      case 'x-gzip':
        return { bytes: gunzipSync(bytes, limits) };
      case 'zstd':
        return { bytes: zstdDecompressSync(bytes, limits) };
      default:
        return {
          status: 415,
          error: `content-encoding ${shownEncoding(encoding)} is not read; send gzip, zstd, or the body as it is without that header`,
        };
    }
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? { status: 413, error: tooLarge(maxBytes) }
      : { status: 400, error: `the body is no whole ${encoding}, which its content-encoding says` };
  }
}

/** Somebody may write anything there. */
function shownEncoding(encoding: string): string {
  return /^[a-z0-9,. -]{1,32}$/.test(encoding) ? encoding : 'of this name';
}
