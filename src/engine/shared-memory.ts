import { Names } from './names.ts';
import { NewsRate } from './news-rate.ts';
import { ClientReach } from './observe-clients.ts';
import { OperationCounts } from './operation-counts.ts';
import { PairTable } from './pair-table.ts';
import { Population } from './population.ts';
import { Succession } from './succession.ts';

export interface MemorySizes {
  /** Remembered (credential, object) pairs. */
  readonly objects: number;
  /** Objects whose last user is remembered. */
  readonly owners: number;
  /** (credential, route) pairs and (group, value) shares. */
  readonly operations: number;
  /** Tokens, proofs and request ids in flight. */
  readonly tokens: number;
  /** Readable names kept for explanations. */
  readonly names: number;
}

const requestsRemembered = 1 << 15;

export const defaultSizes: MemorySizes = {
  objects: 1 << 20,
  owners: 1 << 20,
  operations: 1 << 19,
  tokens: 1 << 19,
  names: 50_000,
};

/** Tables shared by all credentials: each bounded, each counting what it drops for room. */
export class SharedMemory {
  readonly objects: PairTable;
  readonly owners: PairTable;
  readonly operations: PairTable;
  readonly values: PairTable;
  readonly tokens: PairTable;
  readonly once: PairTable;
  readonly requests: PairTable;
  readonly population: Population;
  readonly newsRate = new NewsRate();
  readonly operationCounts: OperationCounts;
  readonly names: Names;
  readonly reach: PairTable;
  readonly clients: ClientReach;
  readonly kin: PairTable;
  readonly succession: Succession;
  /** Gateways that log which key a client proved; a gateway is known by a hash of its name. */
  /** See fetch-ahead.ts. */
  fetched = 0;
  readonly gatewaysWithKeys = new Set<number>();

  constructor(sizes: MemorySizes) {
    this.objects = new PairTable(sizes.objects, 192);
    this.owners = new PairTable(sizes.owners, 192);
    this.operations = new PairTable(sizes.operations, 720);
    this.values = new PairTable(sizes.operations, 720);
    this.tokens = new PairTable(sizes.tokens, 24);
    this.once = new PairTable(sizes.tokens, 24);
    // Two seconds of requests: what it drops is of no use.
    this.requests = new PairTable(requestsRemembered, -1);
    this.reach = new PairTable(sizes.tokens, 48);
    this.clients = new ClientReach(this.reach);
    this.kin = new PairTable(sizes.names, 720);
    this.succession = new Succession(this.kin);
    this.operationCounts = new OperationCounts(this.values);
    this.population = new Population(this.values);
    this.names = new Names(sizes.names);
  }

  /** By name, in a fixed order: for checkpoints and for metrics. */
  tables(): readonly (readonly [name: string, table: PairTable])[] {
    return [
      ['objects', this.objects],
      ['owners', this.owners],
      ['operations', this.operations],
      ['values', this.values],
      ['tokens', this.tokens],
      ['once', this.once],
      ['requests', this.requests],
      ['reach', this.reach],
      ['kin', this.kin],
    ];
  }
}
