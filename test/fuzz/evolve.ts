import { createHash } from 'node:crypto';
import { decodeConfig } from '../../schemas/config/decode.ts';
import { createDecoder } from '../../src/decode/decoder.ts';
import { broken } from './check.ts';
import type { BlockCoverage } from './coverage.ts';
import { type Mutant, mutate } from './mutate.ts';
import { SeededRandom } from './random.ts';

export interface Finding {
  readonly why: string;
  readonly bytes: Uint8Array;
}

export interface Evolution {
  readonly executions: number;
  readonly blocks: number;
  readonly population: readonly Uint8Array[];
  readonly findings: readonly Finding[];
}

export interface EvolutionOptions {
  readonly executions: number;
  readonly seed: number;
  readonly seeds: readonly Uint8Array[];
  /** Without it the population does not grow. */
  readonly coverage?: BlockCoverage | undefined;
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (done: number, blocks: number, population: number, findings: number) => void;
}

const smallestBatch = 1_000;
const largestBatch = 8_000;
const mostFindings = 20;
const largestMember = 4_096;
const thoroughOneIn = 16;

/**
 * Mutates records and decodes them. A batch that reached new blocks of code is halved until the records
 * that did it are found; they join the population, so that later ones reach further.
 */
export function evolve({
  executions,
  seed,
  seeds,
  coverage,
  onFinding,
  onProgress,
}: EvolutionOptions): Evolution {
  const random = new SeededRandom(seed);
  const decoder = newDecoder();
  const population = [...seeds];
  const findings = new Map<string, Finding>();
  const known = new Set<string>();
  let done = 0;
  let batch = smallestBatch;
  const run = (mutant: Mutant, isThorough: boolean) => {
    done += 1;
    const why = broken(decoder, mutant, isThorough);
    if (why === null || findings.size >= mostFindings || findings.has(kindOf(why))) return;
    const finding = { why, bytes: mutant.bytes };
    findings.set(kindOf(why), finding);
    onFinding?.(finding);
  };
  for (const bytes of seeds) run({ bytes, isPlanted: false }, true);
  for (const block of coverage?.take() ?? []) known.add(block);
  while (done < executions) {
    const mutants = Array.from({ length: Math.min(batch, executions - done) }, () =>
      mutate(random.pick(population), random.pick(population), random),
    );
    for (const mutant of mutants) run(mutant, random.oneIn(thoroughOneIn));
    // Looking at the coverage is what costs: the rarer anything is new, the rarer the look.
    batch = Math.min(largestBatch, batch * 2);
    if (coverage !== undefined && hasNew(coverage.take(), known)) {
      batch = Math.max(smallestBatch, batch >> 2);
      for (const { bytes } of those(mutants, coverage, known, (mutant) => run(mutant, true)))
        if (bytes.length <= largestMember) population.push(bytes);
    }
    onProgress?.(done, known.size, population.length, findings.size);
  }
  return { executions: done, blocks: known.size, population, findings: [...findings.values()] };
}

function hasNew(blocks: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  for (const block of blocks) if (!known.has(block)) return true;
  return false;
}

/** The mutants that alone reach a block nobody reached before; their blocks become known. */
function those(
  mutants: readonly Mutant[],
  coverage: BlockCoverage,
  known: Set<string>,
  run: (mutant: Mutant) => void,
): Mutant[] {
  for (const mutant of mutants) run(mutant);
  const blocks = coverage.take();
  if (!hasNew(blocks, known)) return [];
  if (mutants.length === 1) {
    for (const block of blocks) known.add(block);
    return [...mutants];
  }
  const half = mutants.length >> 1;
  return [
    ...those(mutants.slice(0, half), coverage, known, run),
    ...those(mutants.slice(half), coverage, known, run),
  ];
}

/** One finding of each kind is enough: digits differ from case to case. */
function kindOf(why: string): string {
  return createHash('sha256').update(why.replaceAll(/[0-9]/g, '')).digest('hex');
}

function newDecoder() {
  const { hashKey: _, hashKeyFile: __, ...defaults } = decodeConfig.parse({});
  return createDecoder({ ...defaults, hashKey: new Uint8Array(32).fill(7), history: true });
}
