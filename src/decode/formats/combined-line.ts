import { isIP } from 'node:net';
import { emptyUsageEvent } from '../../../schemas/usage-event.ts';
import type { FilledReading } from '../format.ts';
import { amount, status, text } from '../text.ts';
import { withoutEscapes } from './byte-escapes.ts';
import { requestLine } from './request-line.ts';

const longestHead = 512;

/** The bracket of the time; of another one in front (ingress-nginx once wrote the address in it) it is told by its slashes. */
export function placeOfTime(line: string): number {
  for (let at = line.indexOf(' ['); at > 0 && at < longestHead; at = line.indexOf(' [', at + 1))
    if (line[at + 4] === '/' && line[at + 8] === '/') return at + 1;
  return -1;
}

/** `host? address ident user [time] "request" status bytes "referer" "agent"`: read by position, in one pass. */
export function readCombined(line: string): FilledReading | null {
  const open = placeOfTime(line);
  const close = line.indexOf(']', open);
  const quote = line.indexOf('"', close);
  if (open < 1 || close < 0 || quote < 0) return null;
  const endOfRequest = closingQuote(line, quote);
  if (endOfRequest < 0) return null;
  const rest = line.slice(endOfRequest + 1).trim();
  const code = wordAt(rest, 0);
  if (!isCode(code)) return null;
  const asked = requestLine(withoutEscapes(line.slice(quote + 1, endOfRequest)));
  const event = emptyUsageEvent();
  event.responseBytes = amount(wordAt(rest, code.length + 1));
  const agent = placeOfAgent(rest);
  const reading = {
    time: line.slice(open + 1, close),
    timeIsEnd: true,
    event,
    forwardedFor: agent < 0 ? null : addressesAfter(rest, agent),
    method: asked.method,
    target: asked.target,
    status: status(code),
    userAgent: agent < 0 ? null : text(withoutEscapes(quotedAt(rest, agent)), 512),
  };
  const head = line.slice(0, open - 1).trim();
  const chained = head.indexOf(', ');
  return chained < 0 ? withHead(reading, head) : withChain(reading, head, chained);
}

/** `host? address ident user`, of which the last two may be missing. */
function withHead(reading: FilledReading, head: string): FilledReading {
  const second = head.indexOf(' ') + 1;
  const third = second === 0 ? 0 : head.indexOf(' ', second) + 1;
  const fourth = third === 0 ? 0 : head.indexOf(' ', third) + 1;
  // A user's name may hold blanks: only where the dash of nobody does not stand the first word is a host.
  const hasHost = fourth > 0 && head[second] !== '-';
  const user = third === 0 ? '' : hasHost || head[third] === '[' ? lastWord(head) : head.slice(third);
  reading.event.host = hasHost ? text(wordAt(head, 0)) : null;
  reading.event.userId = text(user);
  return { ...reading, client: text(wordAt(head, hasHost ? second : 0), 64) };
}

/** `client, proxy, proxy ident user`: where X-Forwarded-For is logged for the address. */
function withChain(reading: FilledReading, head: string, comma: number): FilledReading {
  const last = head.lastIndexOf(', ') + 2;
  const end = head.indexOf(' ', last);
  reading.event.userId = end < 0 ? null : text(lastWord(head));
  const chain = head.slice(0, end < 0 ? undefined : end);
  return {
    ...reading,
    client: text(wordAt(head, last), 64),
    forwardedFor: head.indexOf(' ') < comma ? null : text(chain, 1024),
  };
}

function lastWord(head: string): string {
  return head.slice(head.lastIndexOf(' ') + 1);
}

/** Three digits, or the dash of what was never answered. */
function isCode(word: string): boolean {
  if (word === '-') return true;
  return word.length === 3 && status(word) !== null ? true : word === '000';
}

/** A quoted field ends at the first quote not behind a backslash; most fields have none. */
function closingQuote(line: string, open: number): number {
  const quote = line.indexOf('"', open + 1);
  const backslash = line.indexOf('\\', open + 1);
  if (backslash < 0 || backslash > quote) return quote;
  for (let at = backslash; at < line.length; at += 1) {
    if (line[at] === '\\') at += 1;
    else if (line[at] === '"') return at;
  }
  return -1;
}

/** Empty beyond the end. */
function wordAt(line: string, start: number): string {
  const blank = line.indexOf(' ', start);
  return blank < 0 ? line.slice(start) : line.slice(start, blank);
}

/** The agent stands behind the referer; −1 where there is none. */
function placeOfAgent(rest: string): number {
  const first = rest.indexOf('"');
  const end = first < 0 ? -1 : closingQuote(rest, first);
  const second = end < 0 ? -1 : rest.indexOf('"', end + 1);
  return second >= 0 && closingQuote(rest, second) > second ? second : -1;
}

function quotedAt(rest: string, open: number): string {
  return rest.slice(open + 1, closingQuote(rest, open));
}

/** NGINX's own example has X-Forwarded-For behind the agent, in quotes; others write other things there. */
function addressesAfter(rest: string, agent: number): string | null {
  const open = rest.indexOf('"', closingQuote(rest, agent) + 1);
  if (open < 0) return null;
  const given = quotedAt(rest, open);
  const comma = given.indexOf(',');
  return isIP(comma < 0 ? given : given.slice(0, comma)) === 0 ? null : text(given, 1024);
}

/** Traefik's line is a combined one with more behind it: `… 12ms`. */
export function endsInDuration(line: string): boolean {
  const digit = line.charCodeAt(line.length - 3);
  return line.endsWith('ms') && digit >= 48 && digit <= 57;
}
