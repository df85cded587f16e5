import { Document, isMap, isScalar } from 'yaml';
import { printable } from '../../alerting/printable.ts';
import type { Proposal } from './propose.ts';

/** The proposal as a mapping file whose comments say why each line stands there. */
export function mappingText({ written, fields, credentials, remarks }: Proposal): string {
  const document = new Document(written);
  document.commentBefore = [
    ' Written by bearerwatch connect from what the values of a sample look like: read it before you trust it.',
    ' CHECK marks what was taken on weak grounds. All that can stand here: docs/mappings.md',
    ...remarks.map((remark) => ` - ${oneLine(remark)}`),
  ].join('\n');
  for (const { wire, why, doubt } of fields) comment(document, ['fields', wire], why, doubt);
  for (const { section, why, doubt } of credentials) comment(document, [section], why, doubt);
  return document.toString({ lineWidth: 0 });
}

function comment(document: Document, path: readonly string[], why: string, doubt: string | null): void {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return;
  const pair = parent.items.find(({ key }) => (isScalar(key) ? key.value : key) === path.at(-1));
  if (pair === undefined || !isScalar(pair.key)) return;
  pair.key.commentBefore = ` ${oneLine(why)}${doubt === null ? '' : `\n CHECK: ${oneLine(doubt)}`}`;
}

const oneLine = (text: string) => printable(text.replaceAll(/[\r\n]/g, ' '), 400);
