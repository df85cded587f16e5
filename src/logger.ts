import { createColors } from 'picocolors';
import { type Logger as PinoLogger, pino } from 'pino';
import type { LogConfig } from '../schemas/config/log.ts';
import { printable } from './alerting/printable.ts';

export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'level'>;

/** Where lines go; `isTTY` decides what `auto` means. */
export interface LogStream {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** Never written, wherever they appear in what is logged. */
const secretNames = ['password', 'secret', 'token', 'authorization', 'cookie', 'key', 'apiKey'];
const redacted = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** The service's own log. Level is changed at run time by setting `level`. */
export function createLogger({ level, format }: LogConfig, stream: LogStream, color = false): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && stream.isTTY === true);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: redacted, censor: '********' },
  };
  const target = pretty ? { write: (line: string) => stream.write(prettyLine(line, color)) } : stream;
  return pino(options, target);
}

/** `12:04:31 WARN  text name=value`: one line, whatever the values hold. */
function prettyLine(json: string, color: boolean): string {
  const { level, time, msg, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const { dim, red, yellow, cyan } = createColors(color);
  const paint = level === 'error' || level === 'fatal' ? red : level === 'warn' ? yellow : cyan;
  const fields = Object.entries(rest).map(([name, value]) => dim(`${name}=${oneLine(value)}`));
  const clock = String(time).slice(11, 19);
  const word = paint(String(level).toUpperCase().padEnd(5));
  return `${[dim(clock), word, printable(String(msg ?? '')), ...fields].join(' ')}\n`;
}

function oneLine(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
