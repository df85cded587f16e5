import { text } from '../text.ts';

/** `GET /path HTTP/1.1` → its parts; what is no request line gives nulls. */
export function requestLine(request: string | null): { method: string | null; target: string | null } {
  if (request === null) return { method: null, target: null };
  const space = request.indexOf(' ');
  if (space < 0) return { method: null, target: null };
  const end = request.lastIndexOf(' ');
  return {
    method: text(request.slice(0, space), 32),
    target: text(
      end > space && request.startsWith('HTTP/', end + 1)
        ? request.slice(space + 1, end)
        : request.slice(space + 1),
      8192,
    ),
  };
}
