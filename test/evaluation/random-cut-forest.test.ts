import { describe, expect, it } from 'vitest';
import { RandomCutForest } from '../../src/evaluation/rivals/random-cut-forest.ts';
import { type Node, RandomCutTree } from '../../src/evaluation/rivals/random-cut-tree.ts';
import { createRandom, type Random } from '../../src/simulation/random.ts';

const gauss = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
const cloud = (random: Random, dimensions: number) =>
  Float64Array.from({ length: dimensions }, () => gauss(random));

/** Mass, box and span of every node, checked from the leaves up. */
function check(node: Node): { mass: number; low: number[]; high: number[] } {
  if (node.isLeaf) return { mass: node.mass, low: [...node.low], high: [...node.high] };
  const left = check(node.left as Node);
  const right = check(node.right as Node);
  const low = left.low.map((value, d) => Math.min(value, right.low[d] as number));
  const high = left.high.map((value, d) => Math.max(value, right.high[d] as number));
  expect(node.mass).toBe(left.mass + right.mass);
  expect([...node.low]).toEqual(low);
  expect([...node.high]).toEqual(high);
  expect(node.span).toBeCloseTo(
    low.reduce((sum, value, d) => sum + (high[d] as number) - value, 0),
    9,
  );
  expect(left.high[node.dimension]).toBeLessThanOrEqual(node.cut);
  expect(right.low[node.dimension]).toBeGreaterThan(node.cut);
  return { mass: left.mass + right.mass, low, high };
}

const rootOf = (node: Node): Node => (node.parent === null ? node : rootOf(node.parent));

describe('RandomCutTree', () => {
  it('keeps masses, boxes and cuts right under insertion and deletion', () => {
    const random = createRandom(5);
    const tree = new RandomCutTree(random.stream('tree'));
    const leaves: Node[] = [];
    for (let n = 0; n < 600; n += 1) {
      leaves.push(tree.insert(cloud(random, 4)));
      if (n > 64) tree.delete(leaves.splice(Math.floor(random.next() * leaves.length), 1)[0] as Node);
      if (n % 50 === 0) check(rootOf(leaves[0] as Node));
    }
    expect(tree.size).toBe(leaves.length);
    for (const leaf of leaves.splice(0)) tree.delete(leaf);
    expect(tree.size).toBe(0);
  });

  it('counts a repeated point on one leaf', () => {
    const tree = new RandomCutTree(createRandom(6));
    const first = tree.insert(Float64Array.of(1, 2));
    expect(tree.insert(Float64Array.of(1, 2))).toBe(first);
    tree.insert(Float64Array.of(3, 4));
    expect(tree.size).toBe(3);
    tree.delete(first);
    expect(tree.size).toBe(2);
    check(rootOf(first));
  });

  it('cuts a dimension in proportion to its side length (theorem of the paper)', () => {
    let wide = 0;
    const trees = 2000;
    for (let n = 0; n < trees; n += 1) {
      const tree = new RandomCutTree(createRandom(n).stream('cut'));
      tree.insert(Float64Array.of(0, 0));
      const leaf = tree.insert(Float64Array.of(3, 1));
      if ((leaf.parent as Node).dimension === 0) wide += 1;
    }
    expect(wide / trees).toBeGreaterThan(0.71);
    expect(wide / trees).toBeLessThan(0.79);
  });

  it('forgets a deleted point: root cuts are distributed as if it had never come', () => {
    const share = (withOutlier: boolean) => {
      let wide = 0;
      for (let n = 0; n < 2000; n += 1) {
        const tree = new RandomCutTree(createRandom(n).stream('forget'));
        const outlier = withOutlier ? tree.insert(Float64Array.of(0, 50)) : null;
        tree.insert(Float64Array.of(0, 0));
        const leaf = tree.insert(Float64Array.of(3, 1));
        if (outlier !== null) tree.delete(outlier);
        if (rootOf(leaf).dimension === 0) wide += 1;
      }
      return wide / 2000;
    };
    expect(Math.abs(share(true) - share(false))).toBeLessThan(0.05);
  });
});

describe('RandomCutForest', () => {
  const trained = (seed: number) => {
    const random = createRandom(seed);
    const forest = new RandomCutForest({
      trees: 30,
      sampleSize: 256,
      memory: 5000,
      random: random.stream('forest'),
    });
    for (let n = 0; n < 2000; n += 1) forest.update(cloud(random, 3));
    return { forest, random };
  };

  it('gives points of the cloud about 1 or less and a far point several times as much', () => {
    const { forest, random } = trained(7);
    const inside = Array.from({ length: 200 }, () => forest.score(cloud(random, 3)));
    const mean = inside.reduce((sum, score) => sum + score, 0) / inside.length;
    expect(mean).toBeGreaterThan(0.5);
    expect(mean).toBeLessThan(1.3);
    expect(forest.score(Float64Array.of(30, 30, 30))).toBeGreaterThan(3 * mean);
  });

  it('rises with the distance from the cloud', () => {
    const { forest } = trained(8);
    const scores = [0, 3, 6, 12, 40].map((far) => forest.score(Float64Array.of(far, 0, 0)));
    expect([...scores].sort((a, b) => a - b)).toEqual(scores);
  });

  it('sees an outlier in one of many idle dimensions', () => {
    const random = createRandom(9);
    const forest = new RandomCutForest({
      trees: 50,
      sampleSize: 256,
      memory: 5000,
      random: random.stream('forest'),
    });
    const point = (spike: number) => Float64Array.of(gauss(random), ...new Array(8).fill(0), spike);
    for (let n = 0; n < 1000; n += 1) forest.update(point(0));
    expect(forest.score(point(20))).toBeGreaterThan(2 * forest.score(point(0)));
  });

  it('takes over a lasting change: what was far becomes ordinary', () => {
    const random = createRandom(10);
    const forest = new RandomCutForest({
      trees: 20,
      sampleSize: 128,
      memory: 300,
      random: random.stream('forest'),
    });
    const shifted = () => cloud(random, 2).map((value) => value + 15);
    for (let n = 0; n < 1000; n += 1) forest.update(cloud(random, 2));
    const before = forest.score(shifted());
    for (let n = 0; n < 3000; n += 1) forest.update(shifted());
    expect(forest.score(shifted())).toBeLessThan(before / 2);
  });
});
