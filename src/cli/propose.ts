import { Command } from 'commander';
import { Document } from 'yaml';
import { noMeter } from '../pipeline/meter.ts';
import { createPipeline } from '../pipeline.ts';
import { ObservedUse } from '../posture/observed-use.ts';
import { type Proposal, proposalOf } from '../posture/proposal.ts';
import { stopOnSignals } from '../shutdown.ts';
import { type ConfigFlags, collect, readConfig, withConfigFlags, withMappingFlag } from './config-flags.ts';
import { exitCodes, type Io, print, runFailure, usageFailure } from './io.ts';
import { decodeStageForFiles } from './parts/decoder.ts';
import { engineFrom } from './parts/engine.ts';
import { filesSource } from './parts/files.ts';
import { formatNames } from './parts/mappings.ts';
import { progressOn } from './progress.ts';

interface Flags extends ConfigFlags {
  readonly credential?: readonly string[];
  readonly minDays: string;
  readonly format?: string;
}

/** `propose FILE…`: what credentials were used for, as declarations whose breach is a violation. */
export function proposeCommand(io: Io): Command {
  return withMappingFlag(withConfigFlags(new Command('propose')))
    .description('what credentials were used for, as declarations to keep them to it')
    .argument('<file...>', 'log files in order of time, gzip or zstd or plain; - for standard input')
    .option('--credential <id>', 'only this credential; may be repeated', collect)
    .option('--min-days <number>', 'propose what was used on at least this many days', '2')
    .option(
      '--format <name>',
      `take every line as this format instead of finding it: ${formatNames.join(', ')}`,
    )
    .addHelpText(
      'after',
      `
The logs go through the engine: what was done on a day with an alert on the same credential is not
proposed. The result is the lists section of a configuration. Read it before you use it: what stands in
it is allowed, everything else the credential does is a violation that alerts at once.

Examples:
  bearerwatch propose access.log.*.gz access.log > declared.yaml
  bearerwatch propose trail.json.gz --credential AKIAIOSFODNN7EXAMPLE --min-days 5`,
    )
    .action(async (files: string[], flags: Flags) => {
      const minDays = Number(flags.minDays);
      if (!Number.isInteger(minDays) || minDays < 1)
        throw usageFailure(`--min-days must be a whole number of 1 or more, not ${flags.minDays}`);
      const { config } = readConfig(flags, io);
      const source = await filesSource(config, files, io, flags.format);
      const wanted = flags.credential === undefined ? undefined : new Set(flags.credential);
      const observed = new ObservedUse();
      const progress = progressOn(io.stderr);
      const decodeStage = await decodeStageForFiles(config, io, flags.format);
      const totals = { records: 0, bytes: 0 };
      let alerts = 0;
      const startedMs = performance.now();
      using stop = stopOnSignals(process, {
        deadlineMs: config.shutdown.deadlineMs,
        onStop() {},
        onGiveUp: () => io.exit(exitCodes.failed),
      });
      const pipeline = createPipeline({
        source,
        decodeStage,
        engine: engineFrom(config, { scores: false, simulated: false }),
        sinks: [
          {
            name: 'propose',
            async deliver(delivery) {
              for (const event of delivery.events)
                if (wanted === undefined || wanted.has(event.credentialId)) observed.see(event);
              for (const alert of delivery.alerts) observed.alerted(alert);
              alerts += delivery.alerts.length;
            },
            problem: () => undefined,
            async close() {},
          },
        ],
        store: undefined,
        checkpoint: config.checkpoint,
        keepEvents: true,
        finite: true,
        meter: {
          ...noMeter,
          batch(figures) {
            totals.records += figures.records;
            totals.bytes += figures.bytes;
            progress.show(totals, performance.now() - startedMs, alerts);
          },
        },
        logger: { info() {}, warn: progress.warn, error: progress.warn },
        clock: () => performance.now(),
      });
      try {
        await pipeline.run(stop.signal, new AbortController().signal);
      } finally {
        progress.clear();
        await decodeStage.close();
      }
      if (stop.signal.aborted) throw runFailure('stopped before the end of the input; nothing is proposed');
      const uses = observed.all();
      const proposals = uses.flatMap((use) => proposalOf(use, minDays) ?? []);
      await print(io.stdout, yamlOf(proposals));
      await print(
        io.stderr,
        `${totals.records} records, ${uses.length} credentials, ${proposals.length} declarations${
          observed.unlisted > 0 ? '; more credentials than can be listed: name some with --credential' : ''
        }\n`,
      );
    });
}

/** The `lists` section of a configuration; remarks become comments above their entries. */
export function yamlOf(proposals: readonly Proposal[]): string {
  const document = new Document({
    lists: { inventory: proposals.map(({ credential, declared }) => ({ credential, declared })) },
  });
  proposals.forEach(({ remarks }, n) => {
    if (remarks.length === 0) return;
    const entry = document.getIn(['lists', 'inventory', n], true) as { commentBefore?: string };
    entry.commentBefore = remarks.map((remark) => ` ${remark.replaceAll(/[\r\n]/g, ' ')}`).join('\n');
  });
  return document.toString({ lineWidth: 110 });
}
