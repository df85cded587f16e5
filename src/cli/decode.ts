import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { Command } from 'commander';
import type { DeadLetter } from '../../schemas/dead-letter.ts';
import { positionText } from '../../schemas/position.ts';
import { toWire, type UsageEvent } from '../../schemas/usage-event.ts';
import { printable, printableJson } from '../alerting/printable.ts';
import type { RawRecord } from '../sources/source.ts';
import { type ConfigFlags, readConfig, withConfigFlags, withMappingFlag } from './config-flags.ts';
import { type Io, print } from './io.ts';
import { decoderForFiles } from './parts/decoder.ts';
import { filesSource, mustNotBeRead } from './parts/files.ts';
import { formatNames } from './parts/mappings.ts';

interface Flags extends ConfigFlags {
  readonly explain?: boolean;
  readonly deadLetter?: string;
  readonly format?: string;
  readonly json?: boolean;
}

/** `decode [FILE…]`: log lines in, canonical events out. */
export function decodeCommand(io: Io): Command {
  return withMappingFlag(withConfigFlags(new Command('decode')))
    .description('log lines in, canonical events out as JSON lines')
    .argument('[file...]', 'log files, gzip or zstd or plain; - or none for standard input')
    .option('--explain', 'one line a record: the format, the credential and how it was found')
    .option('--dead-letter <file>', 'write refused records there as JSON lines instead of to standard error')
    .option(
      '--format <name>',
      `take every line as this format instead of finding it: ${formatNames.join(', ')}`,
    )
    .addHelpText(
      'after',
      `
Examples:
  bearerwatch decode access.log | head -1 | jq .
  kubectl logs deploy/gateway | bearerwatch decode --explain
  bearerwatch decode --format kong --dead-letter refused.jsonl kong-*.log.gz > events.jsonl

Refused records are reported with the reason; they do not change the exit code.`,
    )
    .action(async (files: string[], flags: Flags) => {
      const { config } = readConfig(flags, io);
      mustNotBeRead('--dead-letter', flags.deadLetter, files);
      const decoder = await decoderForFiles(config, io, flags.format);
      const source = await filesSource(config, files.length === 0 ? ['-'] : files, io, flags.format);
      const letters =
        flags.deadLetter === undefined ? undefined : createWriteStream(flags.deadLetter, { mode: 0o600 });
      const counts = { records: 0, events: 0, refused: 0, skipped: 0 };
      for await (const batch of source) {
        let out = '';
        let refusals = '';
        for (const record of batch.records) {
          const { events, refused, skipped } = decoder.decode(record);
          counts.records++;
          counts.events += events.length;
          counts.refused += refused.length;
          counts.skipped += skipped;
          for (const event of events)
            out += flags.explain === true ? explained(record, event) : wireLine(event);
          for (const letter of refused)
            refusals += letters === undefined ? refusalLine(letter) : `${printableJson(letter)}\n`;
        }
        if (refusals !== '') await print(letters ?? io.stderr, refusals);
        if (out !== '') await print(io.stdout, out);
        await batch.commit();
      }
      if (letters !== undefined) await closed(letters);
      const { records, events, refused, skipped } = counts;
      await print(
        io.stderr,
        `${records} records: ${events} events, ${refused} refused, ${skipped} of no interest\n${skippedLines(decoder.figures().skippedBy)}`,
      );
    });
}

const wireLine = (event: UsageEvent) => `${printableJson(toWire(event))}\n`;

function explained({ at }: RawRecord, event: UsageEvent): string {
  const {
    gatewayType,
    credentialType,
    credentialId,
    credentialSource,
    tokenId,
    route,
    status,
    clientAddress,
  } = event;
  const token = tokenId === null ? '' : ` token ${tokenId}`;
  const text = `${positionText(at)}  ${gatewayType}  ${credentialType} ${credentialId} (${credentialSource})${token}  ${route ?? 'no route'} ${status ?? '-'}  from ${clientAddress ?? 'unknown'}`;
  return `${printable(text, 1_000)}\n`;
}

/** Nothing is left out in silence: why, and how often. */
function skippedLines(skippedBy: ReadonlyMap<string, number>): string {
  return [...skippedBy].map(([why, many]) => `  of no interest, ${many}: ${why}\n`).join('');
}

function refusalLine({ at, reason, detail }: DeadLetter): string {
  return `${printable(`${positionText(at)}: ${reason}: ${detail}`, 1_000)}\n`;
}

function closed(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject);
    stream.end(resolve);
  });
}
