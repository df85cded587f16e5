import { toWire, type UsageEvent, usageEventFields } from '../../schemas/usage-event.ts';
import type { DecoderFigures } from '../decode/decoded.ts';
import type { Proposal } from './proposal/propose.ts';
import type { Sample } from './sample.ts';
import { warningsOf } from './warnings.ts';

/** What `connect` found out; plain data, safe to print and to store. */
export interface ConnectReport {
  readonly records: number;
  readonly events: number;
  /** Share of the records that were understood, 0 to 1. */
  readonly decodedShare: number;
  readonly skipped: number;
  /** Why lines are of no interest, and how many. */
  readonly skippedBy: readonly { readonly why: string; readonly lines: number }[];
  readonly formats: readonly {
    readonly id: string;
    readonly title: string;
    readonly lines: number;
    readonly keys: readonly string[];
    readonly pitfalls: readonly string[];
  }[];
  readonly refused: readonly { readonly reason: string; readonly count: number; readonly example: string }[];
  readonly firstEvents: readonly Readonly<Record<string, unknown>>[];
  readonly credentials: {
    readonly different: number;
    readonly kinds: readonly { readonly type: string; readonly source: string; readonly events: number }[];
  };
  /** Fields the gateway can log, the sample lacks and some detector needs, by dotted name. */
  readonly missing: readonly string[];
  readonly detectors: readonly {
    readonly id: string;
    readonly share: number;
    readonly blind: boolean;
    readonly lacks: readonly string[];
  }[];
  readonly warnings: readonly string[];
  /** For home-made JSON: which place was taken for which field, and why. */
  readonly proposal: Proposal | null;
  readonly snippet: { readonly format: string; readonly language: string; readonly text: string } | null;
}

/** Below this share of events with what it needs, a detector counts as blind. */
export const blindBelow = 0.5;

/** `nowMs` only judges the log's clock. */
export function reportOf(
  sample: Sample,
  nowMs: number,
  { sweepHits, skippedBy }: DecoderFigures,
): ConnectReport {
  const formats = [...sample.formats.values()].sort((a, b) => b.lines - a.lines);
  const detectors = sample.detectors().map((one) => ({ ...one, blind: one.share < blindBelow }));
  const main = formats[0]?.format;
  const isAnonymous = [...sample.found.keys()].some((kind) => kind.startsWith('anonymous '));
  const missing = missingOf(sample, detectors);
  const needsMending = isAnonymous || missing.length > 0 || sample.rawSecrets.size > 0;
  return {
    records: sample.records,
    events: sample.events,
    decodedShare: sample.records === 0 ? 0 : sample.decoded / sample.records,
    skipped: sample.skipped,
    skippedBy: [...skippedBy].map(([why, lines]) => ({ why, lines })),
    formats: formats.map(({ format, lines, keys }) => ({
      id: format.id,
      title: format.title,
      lines,
      keys,
      pitfalls: format.pitfalls,
    })),
    refused: [...sample.refused].map(([reason, { count, example }]) => ({ reason, count, example })),
    firstEvents: sample.first.map((event) => toWire(event)),
    credentials: {
      different: sample.credentials.size,
      kinds: [...sample.found]
        .sort((a, b) => b[1] - a[1])
        .map(([kind, events]) => {
          const [type = '', source = ''] = kind.split(' ');
          return { type, source, events };
        }),
    },
    missing,
    detectors,
    warnings: warningsOf(sample, nowMs, sweepHits),
    proposal: null,
    snippet:
      main === undefined || !needsMending
        ? null
        : { format: main.id, language: main.snippet.language, text: main.snippet.text },
  };
}

function missingOf(
  sample: Sample,
  detectors: readonly { readonly blind: boolean; readonly lacks: readonly string[] }[],
): string[] {
  const lacked = new Set(detectors.filter(({ blind }) => blind).flatMap(({ lacks }) => lacks));
  for (const { format } of sample.formats.values()) {
    for (const field of format.yields.withSnippet) {
      if (field !== 'credentialId' && sample.shareOf(field) < blindBelow)
        lacked.add(usageEventFields[field].wire);
    }
  }
  const anonymous = sample.first.some((event: UsageEvent) => event.credentialType === 'anonymous');
  return [...(anonymous ? [usageEventFields.credentialId.wire] : []), ...lacked];
}
