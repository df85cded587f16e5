import { basename } from 'node:path';
import { detectors } from '../detectors/index.ts';
import { decodeConfig } from '../schemas/config/decode.ts';
import { Sample } from '../src/connect/sample.ts';
import { createDecoder } from '../src/decode/decoder.ts';
import { createFileSource } from '../src/sources/file.ts';
import { type FileResult, tableOf } from './format-table/table.ts';

/**
 * Prints, as Markdown, what the decoder makes of log files without any configuration: by file the
 * formats found, how the credential was found, what was refused or of no interest and why, and how
 * many detectors are blind. Usage: npm run formats:table -- FILE…
 */
const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('name log files, gzip or zstd or plain: npm run formats:table -- FILE…');
  process.exit(2);
}
const { hashKey: _key, hashKeyFile: _file, ...options } = decodeConfig.parse({});
const results: FileResult[] = [];
for (const path of paths) results.push(await resultOf(path));
process.stdout.write(tableOf(results, detectors.length));

/** A decoder of its own for each file: nothing learnt from one helps the next. */
async function resultOf(path: string): Promise<FileResult> {
  const decoder = createDecoder({ ...options, hashKey: new Uint8Array(32), history: true });
  const sample = new Sample(detectors, options);
  const source = createFileSource({
    files: [path],
    maxRecordBytes: options.maxRecordBytes,
    nowMs: Date.now,
    stdin: process.stdin,
  });
  for await (const batch of source) {
    for (const record of batch.records) sample.add(record, decoder.decode(record));
    await batch.commit();
  }
  return { file: basename(path), sample, figures: decoder.figures() };
}
