import type { Random } from '../../simulation/random.ts';
import { type Node, RandomCutTree } from './random-cut-tree.ts';
import { columnsNamed, commonFeatures, type Rival } from './rival.ts';
import { RunningZ } from './running-z.ts';

export interface ForestOptions {
  readonly trees: number;
  /** Points a tree holds. */
  readonly sampleSize: number;
  /** Points after which the weight of an old one has fallen by e. */
  readonly memory: number;
  readonly random: Random;
}

interface Sampled {
  readonly leaf: Node;
  /** Largest goes first: weighted reservoir sampling with exponential decay (Efraimidis & Spirakis 2006). */
  readonly key: number;
}

/** Random cut forest on a stream: each tree keeps a time-decayed sample of its own. */
export class RandomCutForest {
  readonly #options: ForestOptions;
  readonly #trees: { readonly tree: RandomCutTree; readonly sample: Sampled[]; readonly random: Random }[];
  #points = 0;

  constructor(options: ForestOptions) {
    this.#options = options;
    this.#trees = Array.from({ length: options.trees }, (_, n) => ({
      tree: new RandomCutTree(options.random.stream(`tree ${n}`)),
      sample: [],
      random: options.random.stream(`sample ${n}`),
    }));
  }

  /** Mean over the trees; about 1 for an ordinary point, more for an outlier. */
  score(point: Float64Array): number {
    let sum = 0;
    for (const { tree } of this.#trees) sum += tree.score(point);
    return sum / this.#trees.length;
  }

  update(point: Float64Array): void {
    const { sampleSize, memory } = this.#options;
    this.#points += 1;
    for (const { tree, sample, random } of this.#trees) {
      const key = Math.log(-Math.log(1 - random.next())) - this.#points / memory;
      if (sample.length < sampleSize) {
        sample.push({ leaf: tree.insert(point), key });
        continue;
      }
      let worst = 0;
      for (let s = 1; s < sample.length; s += 1)
        if ((sample[s] as Sampled).key > (sample[worst] as Sampled).key) worst = s;
      const out = sample[worst] as Sampled;
      if (key >= out.key) continue;
      tree.delete(out.leaf);
      sample[worst] = { leaf: tree.insert(point), key };
    }
  }
}

const clamp = 12;

/** One forest for all credentials over features standardised per credential, first-seen counts included. */
export function randomCutForest(featureNames: readonly string[], options: ForestOptions): Rival {
  const running = new RunningZ(columnsNamed(featureNames, commonFeatures));
  const forest = new RandomCutForest(options);
  return {
    id: 'random-cut-forest',
    label: `random cut forest, ${options.trees} trees of ${options.sampleSize}`,
    score({ credentialId }, scaled, fresh, isJudged) {
      const point = new Float64Array(commonFeatures.length + 3);
      running.measure(credentialId, scaled).forEach((z, n) => {
        point[n] = Math.max(-clamp, Math.min(clamp, z));
      });
      point[commonFeatures.length] = Math.log1p(fresh.networks);
      point[commonFeatures.length + 1] = Math.log1p(fresh.clients);
      point[commonFeatures.length + 2] = Math.log1p(fresh.routes);
      const score = isJudged ? forest.score(point) : 0;
      forest.update(point);
      return score;
    },
  };
}
