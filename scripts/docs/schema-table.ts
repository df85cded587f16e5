/** What a documentation table reads of a JSON Schema. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

export const tableHead: readonly string[] = ['| field | type | meaning |', '|---|---|---|'];

/** One row a field; those of objects inside follow, with the path in front. */
export function rowsOf({ properties = {} }: SchemaNode, prefix = ''): string[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = `${prefix}${name}`;
    const row = `| \`${path}\` | ${typeOf(node)} | ${node.description ?? ''} |`;
    if (node.properties !== undefined) return [row, ...rowsOf(node, `${path}.`)];
    return node.items?.properties === undefined ? [row] : [row, ...rowsOf(node.items, `${path}[].`)];
  });
}

function typeOf({ type, enum: values, anyOf, items }: SchemaNode): string {
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${items === undefined ? 'anything' : typeOf(items)}`;
  return type === undefined ? 'object' : [type].flat().join(' or ');
}
