import type { Mapping } from '../../../schemas/mapping.ts';
import type { Format } from '../format.ts';

/** Fields most detectors live on, with the names they often have. */
const essential: readonly (readonly [wire: string, example: string])[] = [
  ['http.request.method', 'method'],
  ['url.path', 'path'],
  ['http.response.status_code', 'status'],
  ['http.response.size', 'bytes_out'],
  ['duration_ms', 'duration_ms'],
  ['client.address', 'client_ip'],
  ['user_agent.original', 'user_agent'],
];

/** What to add to a mapping, and to the line where it lacks it; no gateway's configuration is known here. */
export function mappedSnippet({ fields, credential, token }: Mapping): Format['snippet'] {
  const absent = essential.filter(([wire]) => fields[wire] === undefined);
  const lines = [
    '# Where the line has it, name its place in the mapping; where not, have the gateway log it.',
    ...(absent.length === 0 ? [] : ['fields:', ...absent.map(([wire, example]) => `  ${wire}: ${example}`)]),
    ...(credential !== undefined || token !== undefined
      ? []
      : ['credential:', '  path: api_key_id', '  form: id # secret, where the log has the key itself']),
  ];
  return {
    language: 'yaml',
    text:
      lines.length === 1
        ? `${lines[0]}\n# This mapping names all that most detectors need.`
        : lines.join('\n'),
  };
}
