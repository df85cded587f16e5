import { basename } from 'node:path';
import { detectors } from '../../../detectors/index.ts';
import type { MappingFile } from '../../config/mapping-files.ts';
import type { Config } from '../../config/schema.ts';
import { isBetter } from '../../connect/proposal/is-better.ts';
import { type Proposal, proposeMapping } from '../../connect/proposal/propose.ts';
import { type ConnectReport, reportOf } from '../../connect/report.ts';
import { Sample } from '../../connect/sample.ts';
import { mappedFormat } from '../../decode/formats/mapped.ts';
import type { RawRecord, Source } from '../../sources/source.ts';
import type { Io } from '../io.ts';
import { decoderForFiles } from './decoder.ts';
import { allFormatNames, mappedFormats } from './mappings.ts';

export interface Look {
  readonly sample: Sample;
  readonly report: ConnectReport;
  /** The mapping that the sample was read by. */
  readonly proposal: Proposal | null;
}

export interface LookOptions {
  readonly source: Source;
  readonly mostRecords: number;
  /** A format that every line is taken as; undefined finds it. */
  readonly pinned: string | undefined;
  /** What a proposed mapping is called, if that name is free. */
  readonly mappingName: string;
  /** Only judges the log's clock. */
  readonly nowMs: number;
}

/** Bytes of records kept for the second look. */
const mostBytes = 67_108_864;
/** Of a log whose other lines a gateway's format knows, fewer lines than this are no log of their own. */
const leastHomeMade = 0.05;

/** Looks at a sample, and once more by a proposed mapping where no gateway's format knows its lines. */
export async function firstLook(options: LookOptions, config: Config, io: Io): Promise<Look> {
  const kept: RawRecord[] = [];
  const first = await lookAt(taken(options, kept), [], options, config, io);
  const { homeMade, records, formats } = first.sample;
  if (options.pinned !== undefined || homeMade.lines < records * leastHomeMade || homeMade.lines === 0)
    return { ...first, proposal: null };
  const isMixed = [...formats.values()].some(({ format }) => format.isLastResort !== true);
  const name = freeName(options.mappingName, allFormatNames(config));
  const proposal = proposeMapping(homeMade, { name, isMixed });
  if (proposal.mapping === null)
    return {
      ...first,
      proposal: null,
      report: { ...first.report, proposal: first.sample.formats.size > 0 ? null : proposal },
    };
  const proposed = { mapping: proposal.mapping, file: 'the proposed mapping' };
  const second = await lookAt(kept, [proposed], options, config, io);
  if (!isBetter(second.sample, first.sample)) return { ...first, proposal: null };
  return { ...second, report: { ...second.report, proposal }, proposal };
}

async function lookAt(
  records: Iterable<RawRecord> | AsyncIterable<RawRecord>,
  proposed: readonly MappingFile[],
  { pinned, nowMs }: LookOptions,
  config: Config,
  io: Io,
): Promise<Omit<Look, 'proposal'>> {
  const decoder = await decoderForFiles(config, io, pinned, { tellsOfKey: false, proposed });
  const own = proposed.map(({ mapping, file }) => mappedFormat(mapping, file));
  const sample = new Sample(detectors, config.decode, pinned, [...mappedFormats(config), ...own]);
  for await (const record of records) sample.add(record, decoder.decode(record));
  return { sample, report: reportOf(sample, nowMs, decoder.figures()) };
}

async function* taken({ source, mostRecords }: LookOptions, kept: RawRecord[]): AsyncGenerator<RawRecord> {
  let taken = 0;
  let bytes = 0;
  for await (const { records } of source) {
    for (const record of records) {
      bytes += record.value.byteLength;
      // A source may write its next records where these lie.
      if (bytes <= mostBytes) kept.push({ ...record, value: record.value.slice() });
      yield record;
      taken += 1;
      if (taken >= mostRecords) return;
    }
  }
}

/** `/var/log/Orders-API.log.gz` → orders-api. */
export function mappingNameOf(path: string | undefined): string {
  const stem = path === undefined ? '' : (basename(path).split('.')[0] ?? '');
  const slug = stem
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .split('-')
    .filter((part) => part !== '')
    .join('-');
  return slug === '' ? 'home-made' : slug;
}

function freeName(name: string, taken: readonly string[]): string {
  return taken.includes(name) || name === 'auto' ? `${name}-own` : name;
}
