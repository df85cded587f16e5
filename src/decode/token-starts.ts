/** Starts of keys and tokens of well-known makers; AKIA is an id, the key to it never has a prefix. */
export const tokenPrefixes = [
  'eyJ',
  'sk-',
  'sk_',
  'pk_',
  'rk_',
  'ghp_',
  'gho_',
  'ghs_',
  'ghu_',
  'ghr_',
  'github_pat_',
  'glpat-',
  'xoxb-',
  'xoxp-',
  'xoxa-',
  'AIza',
  'ya29.',
  'SG.',
  'npm_',
  'hf_',
  'shpat_',
  'dop_v1_',
];

/** Before what follows them stands a secret. */
export const schemes = ['bearer', 'basic', 'dpop'];
const escapedEquals = '%3d';

/** For each pair that begins any of these a row of the third characters that go on with it; row 0 has none. */
const rowOfPair = new Uint8Array(128 * 128);
const rowsOfThirds = new Uint8Array(128 * 256);
let rows = 1;
for (const start of [...tokenPrefixes, ...schemes, escapedEquals])
  for (const first of eitherCase(start[0] as string))
    for (const second of eitherCase(start[1] as string)) {
      const pair = (first << 7) | second;
      if (rowOfPair[pair] === 0) {
        rowOfPair[pair] = rows;
        rows += 1;
      }
      for (const third of eitherCase(start[2] as string))
        rowsOfThirds[((rowOfPair[pair] as number) << 7) | third] = 1;
    }

function eitherCase(character: string): number[] {
  return [character.toLowerCase().charCodeAt(0), character.toUpperCase().charCodeAt(0)];
}

function isStart(first: number, second: number, third: number): boolean {
  const row = rowOfPair[(first << 7) | second] as number;
  return row !== 0 && rowsOfThirds[(row << 7) | third] === 1;
}

/** Whether something in the text may be a token, a key or what stands before one: a look, not a proof. */
export function mayHoldToken(text: string): boolean {
  let first = 0;
  let second = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    // Characters beyond ASCII begin nothing.
    const third = code > 127 ? 0 : code;
    if (isStart(first, second, third)) return true;
    first = second;
    second = third;
  }
  return false;
}
