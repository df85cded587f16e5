import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { problemText } from '../../config/problems.ts';
import { type Config, configSchema } from '../../config/schema.ts';
import { configTextFor, type SampleOrigin } from '../../connect/config-file.ts';
import { mappingText } from '../../connect/proposal/mapping-text.ts';
import { type Io, messageOf, print, runFailure } from '../io.ts';
import type { Look } from './first-look.ts';

/** Writes what `connect` found as a configuration, with the proposed mapping beside it. Nothing is overwritten. */
export async function writeConnectFiles(
  file: string,
  { sample, proposal }: Look,
  origin: SampleOrigin,
  config: Config,
  pinned: string | undefined,
  io: Io,
): Promise<void> {
  const mappingFile = join(dirname(file), `${basename(file, extname(file))}.mapping.yaml`);
  const mappings = config.decode.mappings.map((path) => resolve(path));
  // Beside the configuration: both can be moved together.
  if (proposal !== null) mappings.push(basename(mappingFile));
  const text = configTextFor(sample, origin, mappings, pinned);
  const loaded = loadConfig(configSchema, {
    file: { name: file, text },
    env: {},
    flags: new Map(),
    // Only the form is checked here: what it names may not be there yet.
    readSecret: () => 'x'.repeat(32),
  });
  if (!loaded.ok) throw runFailure(`${file}: not written: ${loaded.problems.map(problemText).join('; ')}`);
  if (proposal === null && sample.events === 0)
    throw runFailure(`--write ${file}: not written: no format and no mapping reads this log yet`);
  if (proposal !== null) {
    if (existsSync(file)) throw alreadyThere(file, 'the file exists');
    writeNew(mappingFile, mappingText(proposal));
  }
  writeNew(file, text);
  if (proposal === null) {
    await print(io.stderr, `wrote ${file}; start with: bearerwatch run --config ${file}\n`);
    return;
  }
  const log = origin.kind === 'files' ? (origin.paths[0] ?? 'LOG') : 'LOG';
  await print(
    io.stderr,
    `wrote ${file} and ${mappingFile}; read the mapping, then: bearerwatch decode --mapping ${mappingFile} ${log}\nstart with: bearerwatch run --config ${file}\n`,
  );
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw alreadyThere(file, messageOf(error));
  }
}

function alreadyThere(file: string, why: string): Error {
  return runFailure(`--write ${file}: ${why}; name a file that is not there yet`);
}
