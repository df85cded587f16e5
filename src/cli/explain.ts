import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { type Alert, alert as alertSchema } from '../../schemas/alert.ts';
import { alertText } from '../alerting/alert-text.ts';
import { printableJson } from '../alerting/printable.ts';
import { type ConfigFlags, withConfigFlags } from './config-flags.ts';
import { colorsOf, type Io, messageOf, print, runFailure, usageFailure } from './io.ts';

interface Flags extends ConfigFlags {
  readonly alerts?: string;
  readonly json?: boolean;
}

/** `explain ID`: one alert for a person at 3 a.m. */
export function explainCommand(io: Io): Command {
  return withConfigFlags(new Command('explain'))
    .description('tell one alert in words, with its evidence')
    .argument('<id>', 'id of the alert, or a beginning of it that is not shared with another')
    .option(
      '--alerts <file>',
      'look in alerts written as JSON lines (- for standard input) instead of ClickHouse',
    )
    .option('--json', 'print the alert as one JSON line')
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch explain 3f9c2ad41be07c55
  bearerwatch replay access.log.gz --alerts alerts.jsonl && bearerwatch explain 3f9c --alerts alerts.jsonl`,
    )
    .action(async (id: string, flags: Flags) => {
      if (flags.alerts === undefined) throw usageFailure('explain: name the alerts with --alerts FILE');
      const found = await fromLines(flags.alerts, id, io);
      const text = flags.json === true ? printableJson(found) : alertText(found, colorsOf(io, io.stdout));
      await print(io.stdout, `${text}\n`);
    });
}

/** The latest state of the alert in a file of JSON lines. */
async function fromLines(file: string, id: string, io: Io): Promise<Alert> {
  const input = file === '-' ? io.stdin : createReadStream(file);
  const found = new Map<string, Alert>();
  let line = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line++;
      // Cheap before exact: most lines are about other alerts.
      if (!text.includes(id)) continue;
      const alert = parseAlert(text, `${file}:${line}`);
      if (alert.id.startsWith(id)) found.set(alert.id, alert);
    }
  } catch (error) {
    throw messageOf(error).startsWith(file) ? error : runFailure(`${file}: ${messageOf(error)}`);
  }
  const [first, ...others] = found.values();
  if (first === undefined) throw runFailure(`no alert ${id} in ${file} (${line} lines)`);
  const exact = found.get(id);
  if (exact === undefined && others.length > 0) {
    throw usageFailure(
      `${id} begins ${found.size} ids; give more of it: ${[...found.keys()].slice(0, 5).join(', ')}`,
    );
  }
  return exact ?? first;
}

function parseAlert(text: string, where: string): Alert {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw runFailure(`${where}: not a JSON line: ${messageOf(error)}`);
  }
  const parsed = alertSchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw runFailure(`${where}: not an alert: ${path.join('.')}: ${message}`);
  }
  return parsed.data;
}
