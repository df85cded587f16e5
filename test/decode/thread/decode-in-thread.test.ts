import { afterEach, describe, expect, it } from 'vitest';
import { decodeConfig } from '../../../schemas/config/decode.ts';
import { mappingSchema } from '../../../schemas/mapping.ts';
import { decodeHere } from '../../../src/decode/decode-here.ts';
import { type DecodeTask, decoderOf } from '../../../src/decode/decode-task.ts';
import type { DecodedBatch, DecodeStage } from '../../../src/decode/decoded.ts';
import { decodeInThread } from '../../../src/decode/thread/decode-in-thread.ts';
import { demoPast } from '../../../src/simulation/demo-fleet.ts';
import type { RawRecord } from '../../../src/sources/source.ts';

const task: DecodeTask = {
  options: { ...decodeConfig.parse({}), hashKey: new Uint8Array(32).fill(7) },
  mappings: [
    {
      file: 'own.yaml',
      mapping: mappingSchema.parse({
        version: 1,
        name: 'own',
        fields: { timestamp: 'when', 'http.response.status_code': 'code', 'url.path': 'where' },
        credential: { path: 'who', form: 'id' },
      }),
    },
  ],
};
const startMs = Date.UTC(2026, 5, 1);

function recordOf(value: Uint8Array, n: number): RawRecord {
  const partition = n % 7 < 3 ? 't/0' : 't/1';
  const at = { kind: 'kafka', topic: 't', partition: n % 7 < 3 ? 0 : 1, offset: String(n) } as const;
  return { value, at, ingestTimeMs: startMs + 30 * 86_400_000 + n, partition };
}

/** Lines of four gateways, and between them what is none, or several, or nothing. */
function* values(count: number): Generator<Uint8Array> {
  let n = 0;
  let before = '';
  for (const { line } of demoPast(3, startMs)) {
    if (n >= count) return;
    n += 1;
    if (n % 50 === 1) yield Buffer.from('{"not": "whole');
    else if (n % 50 === 2) yield new Uint8Array(0);
    else if (n % 50 === 3) yield Buffer.from([0xff, 0xfe, 0x00, 0x01]);
    else if (n % 50 === 4 && before.startsWith('{') && line.startsWith('{'))
      yield Buffer.from(`[${before},${line}]`);
    else if (n % 50 === 5)
      yield Buffer.from(`{"when":"2026-06-02T00:00:00Z","code":200,"where":"/é/${n}","who":"k-${n % 3}"}`);
    else yield Buffer.from(line);
    before = line;
  }
}

const all = (batch: DecodedBatch, records: readonly RawRecord[]) => records.map((_, n) => batch.of(n));

describe('decodeInThread()', () => {
  const open: DecodeStage[] = [];
  afterEach(async () => {
    for (const stage of open.splice(0)) await stage.close();
  });
  async function opened(given: DecodeTask): Promise<DecodeStage> {
    const stage = await decodeInThread(given);
    open.push(stage);
    return stage;
  }

  it('gives what the same decoder gives here, record by record, and the same figures', async () => {
    const stage = await opened(task);
    const here = decodeHere(decoderOf(task));
    const records = Array.from(values(6_000), recordOf);
    const batches = Array.from({ length: 7 }, (_, n) => records.slice(n * 900, (n + 1) * 900));
    const begun = batches.map((batch) => stage.begin(batch));
    const kinds = { events: 0, refused: 0, skipped: 0, several: 0, own: 0 };
    for (const [n, batch] of batches.entries()) {
      const beside = all(await (begun[n] as Promise<DecodedBatch>), batch);
      expect(beside).toEqual(all(await here.begin(batch), batch));
      for (const { events, refused, skipped } of beside) {
        kinds.events += events.length;
        kinds.refused += refused.length;
        kinds.skipped += skipped;
        if (events.length > 1) kinds.several += 1;
        if (events[0]?.gatewayType === 'own') kinds.own += 1;
      }
    }
    for (const [kind, seen] of Object.entries(kinds)) expect(seen, kind).toBeGreaterThan(10);
    expect(stage.figures()).toEqual(here.figures());
  });

  it('takes a batch of nothing', async () => {
    const stage = await opened(task);
    expect(all(await stage.begin([]), [])).toEqual([]);
  });

  it('fails with the same words as here when its decoder cannot be made', async () => {
    const wrong = { ...task, options: { ...task.options, asnFile: '/nowhere/asn.mmdb' } };
    let words = '';
    try {
      decoderOf(wrong);
    } catch (error) {
      words = (error as Error).message;
    }
    expect(words).toContain('/nowhere/asn.mmdb');
    await expect(decodeInThread(wrong)).rejects.toThrow(words);
  });

  it('fails every batch that it has not decoded when the thread ends, and every later one', async () => {
    const stage = await opened(task);
    const records = Array.from(values(2_000), recordOf);
    const begun = [stage.begin(records), stage.begin(records)].map(async (decoding) => decoding);
    const outcomes = Promise.allSettled(begun);
    await stage.close();
    const ended = /the thread that decodes has ended/;
    expect((await outcomes).map((outcome) => outcome.status)).toEqual(['rejected', 'rejected']);
    await expect(stage.begin(records)).rejects.toThrow(ended);
  });
});
