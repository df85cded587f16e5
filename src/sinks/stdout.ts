import type { Writable } from 'node:stream';
import { createColors } from 'picocolors';
import type { Alert } from '../../schemas/alert.ts';
import type { StdoutConfig } from '../../schemas/config/stdout.ts';
import { alertBlock, headline } from '../alerting/alert-text.ts';
import { isNotice } from '../alerting/notice.ts';
import { printable, printableJson } from '../alerting/printable.ts';
import type { Sink } from './sink.ts';

/** Incidents whose last printed state is remembered; the oldest is forgotten and would be printed again. */
const rememberedMax = 10_000;

/**
 * Prints alerts: for people a block when an incident is raised or becomes worse and a line when it
 * is resolved; as JSON every state on a line of its own. Waits for a slow reader.
 */
export function createStdoutSink(
  config: StdoutConfig,
  out: Writable & { readonly isTTY?: boolean } = process.stdout,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Sink {
  const colors = createColors(useColors(config.color, out.isTTY === true, environment));
  const printed = new Map<string, string>();
  let problem: string | undefined;
  // Without a listener a closed pipe would end the process; the write below reports it.
  const onError = () => {};
  out.on('error', onError);

  function text(alert: Alert): string {
    if (config.format === 'json') return `${printableJson(alert)}\n`;
    if (!isNotice(alert)) return '';
    const news = newsOf(alert);
    const before = printed.get(alert.id);
    if (before === news) return '';
    printed.delete(alert.id);
    printed.set(alert.id, news);
    for (const [oldest] of printed) {
      if (printed.size <= rememberedMax) break;
      printed.delete(oldest);
    }
    if (alert.state === 'resolved') {
      return `${headline(alert, colors)} ${colors.dim(printable(alert.id, 64))}\n\n`;
    }
    return `${alertBlock(alert, colors)}\n`;
  }

  return {
    name: 'stdout',
    async deliver({ alerts }, signal) {
      signal.throwIfAborted();
      const block = alerts.map(text).join('');
      if (block === '') return;
      try {
        await write(out, block);
        problem = undefined;
      } catch (error) {
        problem = `standard output: cannot write (${(error as NodeJS.ErrnoException).code ?? String(error)}); is its reader gone?`;
        throw new Error(problem, { cause: error });
      }
    },
    problem: () => problem,
    async close() {
      out.off('error', onError);
    },
  };
}

/** What must change for an alert to be worth printing again. */
function newsOf(alert: Alert): string {
  return alert.state === 'resolved'
    ? 'resolved'
    : `${alert.severity} ${alert.members.length} ${alert.detectors.toSorted().join(' ')}`;
}

function useColors(
  choice: StdoutConfig['color'],
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return isTerminal && environment['TERM'] !== 'dumb';
}

function write(out: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    out.write(text, (error) => (error ? reject(error) : resolve()));
  });
}
