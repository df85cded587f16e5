import type { Random } from '../../simulation/random.ts';

/** One shape for leaves and branches, so that a walk stays fast. A leaf's box is its point. */
export interface Node {
  readonly isLeaf: boolean;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Sum of the box's side lengths. */
  span: number;
  mass: number;
  parent: Node | null;
  dimension: number;
  cut: number;
  left: Node | null;
  right: Node | null;
}

const leafOf = (point: Float64Array): Node => ({
  isLeaf: true,
  low: point,
  high: point,
  span: 0,
  mass: 1,
  parent: null,
  dimension: 0,
  cut: 0,
  left: null,
  right: null,
});

/**
 * Robust random cut tree: cuts are drawn with probability proportional to the side lengths of the bounding
 * box, and insertion and deletion leave the same distribution of trees as building anew from the points that
 * remain (Guha, Mishra, Roy, Schrijvers 2016, algorithms 1 and 2).
 */
export class RandomCutTree {
  #root: Node | null = null;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#root?.mass ?? 0;
  }

  /** Returns the leaf: the handle to delete it by. */
  insert(point: Float64Array): Node {
    if (this.#root === null) {
      const leaf = leafOf(point);
      this.#root = leaf;
      return leaf;
    }
    let node: Node = this.#root;
    for (;;) {
      if (node.isLeaf && samePoint(node.low, point)) {
        this.#grow(node, 1, null);
        return node;
      }
      const cut = this.#draw(node, point);
      if (cut !== null) return this.#split(node, point, cut);
      node = childOf(node, point);
    }
  }

  delete(leaf: Node): void {
    if (leaf.mass > 1) {
      this.#grow(leaf, -1, null);
      return;
    }
    const parent = leaf.parent;
    if (parent === null) {
      this.#root = null;
      return;
    }
    const sibling = (parent.left === leaf ? parent.right : parent.left) as Node;
    this.#replace(parent, sibling);
    for (let at = sibling.parent; at !== null; at = at.parent) {
      at.mass -= 1;
      const left = at.left as Node;
      const right = at.right as Node;
      at.low.set(left.low);
      at.high.set(left.high);
      widen(at, right.low, right.high);
    }
  }

  /**
   * Expected score of a point that is not in the tree: at each level the chance that a cut separates it from
   * the box there, times 1/(depth + 1); a point equal to a leaf is damped by how common it is. Scaled by
   * log2 of the mass, so that trees of different sizes compare (as Amazon's implementation does).
   */
  score(point: Float64Array): number {
    if (this.#root === null) return 0;
    const treeMass = this.#root.mass;
    let node: Node = this.#root;
    let depth = 0;
    let stays = 1;
    let score = 0;
    for (;;) {
      if (node.isLeaf) {
        score += samePoint(node.low, point)
          ? (stays * (1 - node.mass / (2 * treeMass))) / (depth + Math.log2(node.mass + 1))
          : stays / (depth + 1);
        return score * Math.log2(treeMass + 1);
      }
      const separates = separation(node, point);
      score += (stays * separates) / (depth + 1);
      stays *= 1 - separates;
      if (stays < 1e-3) return score * Math.log2(treeMass + 1);
      depth += 1;
      node = childOf(node, point);
    }
  }

  /** A random cut of the box around node and point, if it parts the two. */
  #draw(node: Node, point: Float64Array): { dimension: number; cut: number; below: boolean } | null {
    const { low, high } = node;
    let total = 0;
    for (let d = 0; d < point.length; d += 1) total += spanWith(low, high, point, d);
    let drawn = this.#random.next() * total;
    for (let d = 0; d < point.length; d += 1) {
      const span = spanWith(low, high, point, d);
      if (drawn > span) {
        drawn -= span;
        continue;
      }
      const value = point[d] as number;
      const cut = Math.min(low[d] as number, value) + drawn;
      if (value <= cut && cut < (low[d] as number)) return { dimension: d, cut, below: true };
      if (value > cut && cut >= (high[d] as number)) return { dimension: d, cut, below: false };
      return null;
    }
    return null;
  }

  #split(
    node: Node,
    point: Float64Array,
    { dimension, cut, below }: { dimension: number; cut: number; below: boolean },
  ): Node {
    const leaf = leafOf(point);
    const branch: Node = {
      isLeaf: false,
      low: Float64Array.from(node.low),
      high: Float64Array.from(node.high),
      span: node.span,
      mass: node.mass,
      parent: null,
      dimension,
      cut,
      left: below ? leaf : node,
      right: below ? node : leaf,
    };
    this.#replace(node, branch);
    leaf.parent = branch;
    node.parent = branch;
    this.#grow(branch, 1, point);
    return leaf;
  }

  #replace(node: Node, by: Node): void {
    const parent = node.parent;
    by.parent = parent;
    if (parent === null) this.#root = by;
    else if (parent.left === node) parent.left = by;
    else parent.right = by;
  }

  #grow(from: Node, by: number, point: Float64Array | null): void {
    for (let at: Node | null = from; at !== null; at = at.parent) {
      at.mass += by;
      if (point !== null && !at.isLeaf) widen(at, point, point);
    }
  }
}

function childOf(node: Node, point: Float64Array): Node {
  return ((point[node.dimension] as number) <= node.cut ? node.left : node.right) as Node;
}

function spanWith(low: Float64Array, high: Float64Array, point: Float64Array, d: number): number {
  const value = point[d] as number;
  return Math.max(high[d] as number, value) - Math.min(low[d] as number, value);
}

/** Chance that a cut of the box around node and point parts them. */
function separation({ low, high, span }: Node, point: Float64Array): number {
  let outside = 0;
  for (let d = 0; d < point.length; d += 1) {
    const value = point[d] as number;
    const below = (low[d] as number) - value;
    if (below > 0) outside += below;
    else if (value > (high[d] as number)) outside += value - (high[d] as number);
  }
  return outside === 0 ? 0 : outside / (span + outside);
}

function widen(node: Node, low: Float64Array, high: Float64Array): void {
  let span = 0;
  for (let d = 0; d < low.length; d += 1) {
    if ((low[d] as number) < (node.low[d] as number)) node.low[d] = low[d] as number;
    if ((high[d] as number) > (node.high[d] as number)) node.high[d] = high[d] as number;
    span += (node.high[d] as number) - (node.low[d] as number);
  }
  node.span = span;
}

function samePoint(a: Float64Array, b: Float64Array): boolean {
  for (let d = 0; d < a.length; d += 1) if (a[d] !== b[d]) return false;
  return true;
}
