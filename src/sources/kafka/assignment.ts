/** One partition, from the moment it was given to this member to the moment it was taken away. */
export interface Tenure {
  readonly where: string;
  readonly topic: string;
  readonly partition: number;
  /** Where it begins is known and set; nothing is taken before. */
  hasBegun: boolean;
  /** Next offset to come; undefined after every later joining, when the group's position counts. */
  next: number | undefined;
}

/**
 * Which partitions this member reads. What was read under a tenure that has ended is nobody's any more:
 * the partition's new reader has a position of its own, and a late one would move it.
 */
export class Assignment {
  readonly #tenures = new Map<string, Tenure>();
  #memberId: string | undefined;

  /** Takes over what the group has given; returns the partitions that are new. */
  join(memberId: string, assigned: Readonly<Record<string, readonly number[]>>): Tenure[] {
    // The group has forgotten this member in between, and may have given its partitions to others.
    if (memberId !== this.#memberId) this.leave();
    this.#memberId = memberId;
    const kept = new Set<string>();
    const fresh: Tenure[] = [];
    for (const [topic, partitions] of Object.entries(assigned)) {
      for (const partition of partitions) {
        const where = `${topic}/${partition}`;
        kept.add(where);
        const tenure = this.#tenures.get(where);
        if (tenure !== undefined) {
          tenure.next = undefined;
          continue;
        }
        const begun = { where, topic, partition, hasBegun: false, next: undefined };
        this.#tenures.set(where, begun);
        fresh.push(begun);
      }
    }
    for (const where of this.#tenures.keys()) if (!kept.has(where)) this.#tenures.delete(where);
    return fresh;
  }

  leave(): void {
    this.#tenures.clear();
    this.#memberId = undefined;
  }

  at(where: string): Tenure | undefined {
    return this.#tenures.get(where);
  }

  holds(tenure: Tenure): boolean {
    return this.#tenures.get(tenure.where) === tenure;
  }

  all(): Tenure[] {
    return [...this.#tenures.values()];
  }
}

/** As the client wants partitions named. */
export function byTopic(tenures: readonly Tenure[]): { topic: string; partitions: number[] }[] {
  const table = new Map<string, number[]>();
  for (const { topic, partition } of tenures) {
    const partitions = table.get(topic);
    if (partitions === undefined) table.set(topic, [partition]);
    else partitions.push(partition);
  }
  return [...table].map(([topic, partitions]) => ({ topic, partitions }));
}
