import { decodeConfig } from '../../../schemas/config/decode.ts';
import { createDecoder } from '../../../src/decode/decoder.ts';
import { demoLive, demoPast } from '../../../src/simulation/demo-fleet.ts';

export interface PlantedAttacks {
  /** In the order of time, in the formats of four gateways. */
  readonly lines: readonly string[];
  /** When the three quiet weeks end. */
  readonly attacksFromMs: number;
  /** Attacked credentials, by the scenario that was played on them first. */
  readonly attacked: ReadonlyMap<string, string>;
  /** Credentials that did nothing but their work. */
  readonly innocent: ReadonlySet<string>;
}

/** The demo's fleet: three quiet weeks, then `liveMs` up to `nowMs` with attacks. `hashKey` is the service's. */
export function plantedAttacks(
  seed: number,
  nowMs: number,
  liveMs: number,
  hashKey: Uint8Array,
): PlantedAttacks {
  const { hashKey: _, hashKeyFile: __, ...options } = decodeConfig.parse({});
  const decoder = createDecoder({ ...options, hashKey, history: true });
  const credentialsOf = (line: string) =>
    decoder
      .decode({
        value: Buffer.from(line),
        at: { kind: 'stdin', line: 1 },
        ingestTimeMs: nowMs,
        partition: 'stdin',
      })
      .events.flatMap(({ credentialId }) => (credentialId === null ? [] : [credentialId]));
  const attacksFromMs = nowMs - liveMs;
  const lines: string[] = [];
  const innocent = new Set<string>();
  const attacked = new Map<string, string>();
  for (const { line } of demoPast(seed, attacksFromMs)) {
    lines.push(line);
    for (const id of credentialsOf(line)) innocent.add(id);
  }
  for (const { line, attack } of demoLive(seed, attacksFromMs).linesUntil(nowMs)) {
    lines.push(line);
    for (const id of credentialsOf(line)) {
      innocent.add(id);
      if (attack !== null && !attacked.has(id)) attacked.set(id, attack);
    }
  }
  for (const id of attacked.keys()) innocent.delete(id);
  return { lines, attacksFromMs, attacked, innocent };
}
