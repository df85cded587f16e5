import { Command } from 'commander';
import { detectors } from '../../detectors/index.ts';
import { type UsageEventField, usageEventFields } from '../../schemas/usage-event.ts';
import { printableJson } from '../alerting/printable.ts';
import { Coverage } from '../engine/coverage.ts';
import { deploymentOf } from '../engine/deployment.ts';
import { Inventory } from '../posture/inventory.ts';
import { type PostureOptions, postureOptions } from '../posture/posture-options.ts';
import { renderedPosture } from '../posture/render.ts';
import { postureReport } from '../posture/report.ts';
import { type ConfigFlags, readConfig, withConfigFlags, withMappingFlag } from './config-flags.ts';
import { type Io, print, usageFailure } from './io.ts';
import { decoderForFiles } from './parts/decoder.ts';
import { filesSource } from './parts/files.ts';
import { formatNames } from './parts/mappings.ts';
import { progressOn } from './progress.ts';

const mostCredentials = 100_000;

interface Flags extends ConfigFlags, Partial<Record<keyof PostureOptions, string>> {
  readonly credential?: readonly string[];
  readonly top: string;
  readonly format?: string;
  readonly json?: boolean;
}

/** `posture FILE…`: how credentials are kept, from what they did: a report for their owners, no alerts. */
export function postureCommand(io: Io): Command {
  const command = withMappingFlag(withConfigFlags(new Command('posture')))
    .description(
      'how credentials are kept: old, unchanged, unused, shared, weak; and what the log cannot show',
    )
    .argument('<file...>', 'log files, gzip or zstd or plain; - for standard input')
    .option('--credential <id...>', 'only these credentials');
  for (const [name, schema] of Object.entries(postureOptions.shape))
    command.option(`${flagOf(name)} <number>`, schema.description, String(schema.parse(undefined)));
  return command
    .option('--top <number>', 'rows of findings shown to people', '50')
    .option(
      '--format <name>',
      `take every line as this format instead of finding it: ${formatNames.join(', ')}`,
    )
    .option('--json', 'print the whole report as JSON')
    .addHelpText(
      'after',
      `
Ages and silences are counted to the last call in the log, not to today. Each finding says what was
observed, what the limit is and what to do; what the log is too short or too poor to tell is listed too,
with the OWASP Non-Human Identities Top 10 and what covers each item. Findings do not change the exit code.

Examples:
  bearerwatch posture access.log.*.gz access.log
  bearerwatch posture trail/*.json.gz --max-age-days 180 --dormant-days 60
  zcat access.log.*.gz | bearerwatch posture - --json | jq '.findings[] | select(.severity == "high")'`,
    )
    .action(async (files: string[], flags: Flags) => {
      const options = optionsOf(flags);
      const top = Number(flags.top);
      if (!Number.isInteger(top) || top < 0)
        throw usageFailure(`--top must be a whole number of 0 or more, not ${flags.top}`);
      const { config } = readConfig(flags, io);
      const decoder = await decoderForFiles(config, io, flags.format);
      const source = await filesSource(config, files, io, flags.format);
      const deployment = deploymentOf(config.lists, new Set());
      const wanted = flags.credential === undefined ? undefined : new Set(flags.credential);
      const inventory = new Inventory({
        mostCredentials,
        workloads: options.workloads,
        ownerOf: deployment.owner,
        ...(wanted && { isWanted: (id: string) => wanted.has(id) }),
      });
      const coverage = fieldCoverage();
      const progress = progressOn(io.stderr);
      const totals = { records: 0, bytes: 0 };
      let refused = 0;
      const startedMs = performance.now();
      try {
        for await (const batch of source) {
          for (const record of batch.records) {
            const decoded = decoder.decode(record);
            totals.records += 1;
            totals.bytes += record.value.length;
            refused += decoded.refused.length;
            for (const event of decoded.events) {
              coverage.observe(event);
              inventory.see(event);
            }
          }
          progress.show(totals, performance.now() - startedMs);
          await batch.commit();
        }
      } finally {
        progress.clear();
      }
      const report = postureReport(inventory, options, detectors, coverage.shares());
      await print(
        io.stdout,
        flags.json === true ? `${printableJson(report)}\n` : renderedPosture(report, top),
      );
      await print(
        io.stderr,
        `${totals.records} records${refused > 0 ? `, ${refused} refused; see them with bearerwatch decode` : ''}\n`,
      );
    });
}

function optionsOf(flags: Flags): PostureOptions {
  const names = Object.keys(postureOptions.shape) as (keyof PostureOptions)[];
  const given = Object.fromEntries(names.map((name) => [name, flags[name]]));
  const { success, data, error } = postureOptions.safeParse(given);
  if (success) return data;
  throw usageFailure(
    error.issues
      .map(({ path: [name], message }) => {
        const key = String(name) as keyof PostureOptions;
        return `${flagOf(key)} ${flags[key]}: ${message}, e.g. ${postureOptions.shape[key].parse(undefined)}`;
      })
      .join('\n'),
  );
}

/** `maxAgeDays` is `--max-age-days`. */
function flagOf(name: string): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The share of events that carry each field. */
function fieldCoverage(): Coverage {
  const fields = Object.keys(usageEventFields) as UsageEventField[];
  const needed = new Set(detectors.flatMap(({ needs }) => needs.flat()));
  return new Coverage(fields.filter((field) => needed.has(field)).map((id) => ({ id, needs: [id] })));
}
