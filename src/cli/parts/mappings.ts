import { dirname, isAbsolute, join } from 'node:path';
import { readMappings } from '../../config/mapping-files.ts';
import { type Locate, nearest, type Problem } from '../../config/problems.ts';
import type { Config } from '../../config/schema.ts';
import type { Format } from '../../decode/format.ts';
import { formats } from '../../decode/formats/index.ts';
import { mappedFormat } from '../../decode/formats/mapped.ts';

export const formatNames: readonly string[] = formats.map(({ id }) => id);

/** Paths in a configuration file are beside that file, wherever the program was started. */
export function besideFile(paths: readonly string[], file: string | undefined): string[] {
  return paths.map((path) => (file === undefined || isAbsolute(path) ? path : join(dirname(file), path)));
}

/** The user's formats in their order. What is wrong with them was told when the configuration was read. */
export function mappedFormats(config: Config): readonly Format[] {
  const { mappings } = readMappings(config.decode.mappings, formatNames);
  return mappings.map(({ file, mapping }) => mappedFormat(mapping, file));
}

/** Every format the service may name, the user's too. */
export function allFormatNames(config: Config): readonly string[] {
  return [...formatNames, ...mappedFormats(config).map(({ id }) => id)];
}

/** All that is wrong in mapping files, and a format that neither is built in nor theirs. */
export function mappingProblems({ decode }: Config, locate: Locate): readonly Problem[] {
  const { mappings, problems } = readMappings(decode.mappings, formatNames);
  const known = ['auto', ...mappings.map(({ mapping }) => mapping.name), ...formatNames];
  if (problems.length > 0 || known.includes(decode.format)) return problems;
  const hint = nearest(decode.format, known);
  const right = hint === undefined ? `known are ${known.join(', ')}` : `did you mean ${hint}?`;
  return [
    { where: locate(['decode', 'format'], 'value'), path: 'decode.format', text: `is no format; ${right}` },
  ];
}
