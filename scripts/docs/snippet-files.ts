import type { Format } from '../../src/decode/format.ts';
import { formats } from '../../src/decode/formats/index.ts';

const extensions: ReadonlyMap<string, string> = new Map([
  ['bash', 'sh'],
  ['caddyfile', 'caddyfile'],
  ['haproxy', 'cfg'],
  ['hcl', 'tf'],
  ['javascript', 'js'],
  ['json', 'json'],
  ['lua', 'lua'],
  ['nginx', 'conf'],
  ['properties', 'properties'],
  ['python', 'py'],
  ['shell', 'sh'],
  ['text', 'txt'],
  ['toml', 'toml'],
  ['xml', 'xml'],
  ['yaml', 'yaml'],
]);

/** Where a format's snippet lies; formats of one gateway that share a snippet share its file. */
export function snippetPath(format: Format): string {
  const { language, text } = format.snippet;
  const extension = extensions.get(language);
  if (extension === undefined)
    throw new Error(
      `format ${format.id}: no file extension is known for a snippet in ${language}; add it here`,
    );
  const first = formats.find(({ snippet }) => snippet.text === text) ?? format;
  return `deploy/gateways/${first.id}/snippet.${extension}`;
}

/** The snippet of every format as a file of its own, ready to be copied to the gateway. */
export function files(): ReadonlyMap<string, string> {
  return new Map(formats.map((format) => [snippetPath(format), `${format.snippet.text.trimEnd()}\n`]));
}
