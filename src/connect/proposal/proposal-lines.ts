import type { FoundCredential } from './find-credential.ts';
import type { FoundField } from './find-fields.ts';
import type { Proposal } from './propose.ts';

const mostUnused = 12;

/** The proposal for a person: what was taken for what and why, guesses marked. */
export function proposalLines({ mapping, fields, credentials, remarks, unused }: Proposal): string[] {
  const guesses = [...fields, ...credentials].filter(({ doubt }) => doubt !== null).length;
  const head =
    mapping === null
      ? 'No mapping can be proposed'
      : `Proposed mapping ${mapping.name}: ${fields.length + credentials.length} places${guesses === 0 ? '' : `, ${guesses} on weak grounds`} (--write FILE writes it)`;
  const lines = [
    ...fields.map(fieldLine),
    ...credentials.map(credentialLine),
    ...remarks.map((remark) => `- ${remark}`),
    ...(unused.length === 0 ? [] : [`nothing made of: ${unusedText(unused)}`]),
  ];
  return [head, ...lines.map((line) => `  ${line}`), ''];
}

function fieldLine({ wire, paths, coerce, why, doubt }: FoundField): string {
  const how = coerce === undefined ? '' : ` (${coerce})`;
  return `${wire} <- ${paths.join(', else ')}${how}: ${why}${doubtText(doubt)}`;
}

function credentialLine({ section, path, read, name, why, doubt }: FoundCredential): string {
  const how = read === null ? '' : ` (${read.kind}, ${read.form})`;
  const named = name === null ? '' : `, its name from ${name}`;
  return `${section} <- ${path}${how}${named}: ${why}${doubtText(doubt)}`;
}

const doubtText = (doubt: string | null) => (doubt === null ? '' : `. WEAK: ${doubt}`);

function unusedText(unused: readonly string[]): string {
  const more = unused.length - mostUnused;
  return `${unused.slice(0, mostUnused).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
