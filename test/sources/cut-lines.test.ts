import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CutLines } from '../../src/sources/cut-lines.ts';
import { decode, envoyLine } from '../decode/decoding.ts';

const time = '2026-01-05T10:00:01.5Z';
const whole = JSON.stringify(envoyLine);

interface Item {
  readonly value: Uint8Array;
  readonly at: number;
}

/** All that is given out, each with the number of the line it stands for. */
function given(lines: readonly string[], cut = new CutLines<Item>()): string[] {
  const out: Item[] = [];
  for (const [at, line] of lines.entries()) {
    const item = { value: Buffer.from(line), at };
    if (cut.passes(item)) out.push(item);
    else out.push(...cut.take(item));
  }
  out.push(...cut.flush());
  return out.map(({ value, at }) => `${at} ${Buffer.from(value)}`);
}

const cri = (tag: string, text: string, stream = 'stdout') => `${time} ${stream} ${tag} ${text}`;
const fluentBit = (logtag: string, log: string, more = {}) =>
  JSON.stringify({ time, stream: 'stdout', logtag, log, ...more });
const vector = (tag: string, text: string, file: string) =>
  JSON.stringify({ file, host: 'n1', message: cri(tag, text) });

const docker = (log: string) => JSON.stringify({ log, stream: 'stdout', time });

describe('CutLines', () => {
  it("lets Docker's whole lines pass", () => {
    const lines = [docker(`${whole}\n`), docker(whole), docker('198.51.100.4 - - [x]\n')];
    expect(given(lines)).toEqual(lines.map((line, n) => `${n} ${line}`));
  });

  it("gives out Docker's part whose end does not come after 1 MiB or 256 records", () => {
    const cut = new CutLines<Item>();
    const part = { value: Buffer.from(docker(`{"a":"${'x'.repeat(16_378)}`)), at: 0 };
    expect(cut.passes(part)).toBe(false);
    let out: readonly Item[] = [];
    let taken = 0;
    while (out.length === 0 && taken < 300) {
      out = cut.take({ ...part, value: Buffer.from(docker('y'.repeat(16_384))) });
      taken += 1;
    }
    expect(taken).toBeLessThanOrEqual(65);
    expect(out).toHaveLength(taken);
  });

  it('gives out what is not cut as it comes', () => {
    const lines = [cri('F', whole), whole, '198.51.100.4 - - [x]', '', fluentBit('F', whole)];
    expect(given(lines)).toEqual(lines.map((line, n) => `${n} ${line}`));
  });

  it('makes one line of its parts, under the place of the last', () => {
    expect(given([cri('P', 'a '), cri('P', ' b'), cri('F', 'c'), cri('F', whole)])).toEqual([
      `2 ${cri('F', 'a  bc')}`,
      `3 ${cri('F', whole)}`,
    ]);
  });

  it('joins bytes, so that a cut within a character leaves it whole', () => {
    const bytes = Buffer.from('{"ü":1}');
    const cut = new CutLines<Item>();
    const part = (tag: string, text: Uint8Array, at: number) => ({
      value: Buffer.concat([Buffer.from(cri(tag, '')), text]),
      at,
    });
    expect(cut.take(part('P', bytes.subarray(0, 3), 0))).toEqual([]);
    const [line] = cut.take(part('F', bytes.subarray(3), 1));
    expect(Buffer.from(line?.value ?? []).toString()).toBe(cri('F', '{"ü":1}'));
  });

  it('keeps the streams apart, and the order of what comes between', () => {
    expect(
      given([
        cri('P', 'a'),
        cri('F', 'e', 'stderr'),
        cri('P', 'f', 'stderr'),
        cri('F', 'b'),
        cri('F', 'g', 'stderr'),
      ]),
    ).toEqual([`1 ${cri('F', 'e', 'stderr')}`, `3 ${cri('F', 'ab')}`, `4 ${cri('F', 'fg', 'stderr')}`]);
  });

  it("takes another container's whole line for no end", () => {
    expect(given([cri('P', whole.slice(0, 60)), cri('F', whole), cri('F', whole.slice(60))])).toEqual([
      `1 ${cri('F', whole)}`,
      `2 ${cri('F', whole)}`,
    ]);
  });

  it('gives up two lines that are open at once in one stream: their ends cannot be told apart', () => {
    const lines = [cri('P', '{"a":"1'), cri('P', '{"a":"2'), cri('F', '","b":1}'), cri('F', '","b":2}')];
    expect(given(lines)).toEqual(lines.map((line, n) => `${n} ${line}`));
  });

  it('gives out a part whose end never comes as it is, after 256 records', () => {
    const cut = new CutLines<Item>();
    const item = (text: string, at: number) => ({ value: Buffer.from(text), at });
    expect(cut.take(item(cri('P', 'a'), 0))).toEqual([]);
    expect(cut.first?.at).toBe(0);
    for (let n = 1; n < 255; n++) expect(cut.take(item(cri('F', whole), n))).toEqual([]);
    const out = cut.take(item(cri('F', whole), 255));
    expect(out.map(({ at }) => at)).toEqual(Array.from({ length: 256 }, (_, n) => n));
    expect(Buffer.from(out[0]?.value ?? []).toString()).toBe(cri('P', 'a'));
    expect(cut.first).toBeUndefined();
  });

  it('holds at most 1 MiB', () => {
    const cut = new CutLines<Item>();
    const item = { value: Buffer.from(cri('P', 'x'.repeat(300_000))), at: 0 };
    expect([1, 2, 3].flatMap(() => cut.take(item))).toEqual([]);
    expect(cut.take(item)).toHaveLength(4);
  });

  it.each([
    ["Fluent Bit's cri parser", fluentBit('P', whole.slice(0, 60)), fluentBit('F', whole.slice(60))],
    ['Vector', vector('P', whole.slice(0, 60), 'a'), vector('F', whole.slice(60), 'a')],
    ["Docker's json-file", docker(whole.slice(0, 60)), docker(`${whole.slice(60)}\n`)],
    ['lines with a newline', `${cri('P', whole.slice(0, 60))}\r\n`, `${cri('F', whole.slice(60))}\n`],
  ])('what it makes of the parts in the envelopes of %s is one event', (_name, first, last) => {
    const out = given([first, last]);
    expect(out).toHaveLength(1);
    const { events, refused } = decode(out[0]?.slice(2) ?? '');
    expect(refused).toEqual([]);
    expect(events).toEqual(decode(whole).events);
  });

  it('goes by the file or container that an envelope names', () => {
    const out = given([
      vector('P', whole.slice(0, 60), 'a'),
      vector('P', whole.slice(0, 90), 'b'),
      vector('F', whole.slice(60), 'a'),
      vector('F', whole.slice(90), 'b'),
    ]);
    expect(out.map((line) => decode(line.slice(2)).events.length)).toEqual([1, 1]);
  });

  it('is not held up by a caller who writes like a runtime', () => {
    for (const text of [cri('P', 'a'), '"logtag":"P', ' stdout P ']) {
      const line = JSON.stringify({ ...envoyLine, user_agent: text });
      expect(new CutLines<Item>().passes({ value: Buffer.from(line), at: 0 })).toBe(true);
    }
  });

  it('gives any lines of one container, cut anywhere, out again', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '{', '"', ':', '}'),
      minLength: 1,
      maxLength: 30,
    });
    const line = fc.tuple(text, fc.array(fc.nat(30), { maxLength: 1 }));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        const parts = lines.flatMap(([one, cuts]) => {
          const at = Math.min(cuts[0] ?? one.length, one.length);
          return at === one.length ? [cri('F', one)] : [cri('P', one.slice(0, at)), cri('F', one.slice(at))];
        });
        const out = given(parts).map((each) => each.slice(each.indexOf(' ') + 1));
        // What is left over of a line may be one of its own, and then nobody can tell.
        fc.pre(!lines.some(([one, cuts]) => /^\{.*\}$/.test(one.slice(cuts[0] ?? 0).trim())));
        expect(out).toEqual(lines.map(([one]) => cri('F', one)));
      }),
    );
  });
});
