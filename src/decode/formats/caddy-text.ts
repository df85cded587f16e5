import type { Format, ReadResult } from '../format.ts';
import { parseJson } from '../json.ts';
import { object } from '../text.ts';
import { caddy } from './caddy.ts';

const longestTime = 40;
const longestLevel = 24;
const deepest = 64;

/** Where the logger's name begins: behind the time and the level, each with a tab; −1 where it is another's line. */
function placeOfLogger(line: string): number {
  const time = line.indexOf('\t');
  if (time < 8 || time > longestTime) return -1;
  const level = line.indexOf('\t', time + 1);
  return level > 0 && level - time <= longestLevel && line.startsWith('http.log.', level + 1)
    ? level + 1
    : -1;
}

/** `TIME LEVEL logger message {…}` with tabs between: the JSON is the entry without those four. */
function read(_line: unknown, line: string): ReadResult {
  const logger = placeOfLogger(line);
  const brace = line.indexOf('\t{', logger);
  const parsed = brace < 0 ? null : parseJson(line.slice(brace + 1), deepest);
  if (logger < 0 || parsed?.kind !== 'value')
    return {
      refuse: 'missing-field',
      detail:
        'a line of the console has time, level, logger, message and the whole entry as JSON behind them',
    };
  return caddy.read(
    {
      ...object(parsed.value),
      ts: line.slice(0, line.indexOf('\t')),
      logger: line.slice(logger, line.indexOf('\t', logger)),
    },
    '',
  );
}

export const caddyText: Format = {
  id: 'caddy-text',
  title: 'Caddy (console)',
  shape: 'text',
  matches: (_line, line) => placeOfLogger(line) > 0,
  read,
  pitfalls: [
    'The console format has times of whole milliseconds, without a zone unless time_format says one: set decode.assumeTimezoneMinutes where time_local is on.',
    'It is made for people and may change: log JSON.',
    ...caddy.pitfalls.slice(0, 2),
  ],
  snippet: caddy.snippet,
  yields: caddy.yields,
  verified: 'a line of Caddy 2.10 as published, and its encoder (logencoders.go)',
};
