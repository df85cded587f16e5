import { auditOperations } from './audit.ts';
import { chance, integer, logNormal, logUniform, pick, sample, uniform } from './distributions.ts';
import { actions, camel, cloudEvents, word } from './names.ts';
import type { RouteStyle, WorldParameters } from './parameters.ts';
import { mix32, type Random } from './random.ts';

/** A kind of object an API serves. */
export interface Resource {
  readonly name: string;
  readonly ids: 'number' | 'uuid' | 'name';
  readonly space: number;
  /** Objects everyone reads; 0: objects belong to their owners. */
  readonly catalogue: number;
}

export interface Operation {
  readonly method: string;
  /** Changes when the gateway's configuration renames its routes. */
  route: string;
  /** The path before and after the object's id; null when the gateway logs no path. */
  readonly pathHead: string | null;
  readonly pathTail: string;
  readonly shape: 'item' | 'list' | 'action';
  readonly resource: Resource | null;
  readonly scope: string;
  readonly admin: boolean;
  readonly medianBytes: number;
  /** Log-normal sigma of the answers' sizes: all alike, or a few lines beside whole documents. */
  readonly bytesSigma: number;
  /** Share of answers that are something else altogether: an attachment, an export, an archive. */
  readonly hugeShare: number;
  readonly medianMs: number;
}

/** What one sort of client does with the API: operations with weights. */
export interface WorkloadClass {
  readonly operations: readonly Operation[];
  readonly weights: readonly number[];
  readonly scopes: readonly string[];
}

export interface Api {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly style: RouteStyle;
  readonly cursors: boolean;
  readonly operations: readonly Operation[];
  readonly admin: readonly Operation[];
  readonly classes: readonly WorkloadClass[];
  readonly resources: readonly Resource[];
  /** Where ids of owned objects start and how far they are spread. */
  readonly idBase: number;
  idEnd: number;
}

export function createApi(
  random: Random,
  parameters: WorldParameters,
  style: RouteStyle,
  index: number,
): Api {
  const name = word(random);
  const host = style === 'cloud' ? 'amazonaws.com' : `${name}.example.com`;
  const catalogue = chance(random, parameters.catalogueShare)
    ? Math.round(logUniform(random, 1_500, 60_000))
    : 0;
  const ids = style === 'cloud' ? 'name' : chance(random, parameters.uuidShare) ? 'uuid' : 'number';
  const resources = Array.from({ length: integer(random, 2, 5) }, (_, i) => ({
    name: word(random),
    ids,
    space: mix32(random.bits() + i),
    catalogue,
  })) satisfies Resource[];
  const prefix = chance(random, 0.7) ? `/v${integer(random, 1, 4)}` : chance(random, 0.5) ? '/api' : '';
  const operations = operationsOf(random, style, name, prefix, resources);
  const plain = operations.filter((operation) => !operation.admin);
  return {
    id: `api-${index}-${name}`,
    name,
    host,
    style,
    cursors: chance(random, parameters.cursorShare),
    operations: plain,
    admin: operations.filter((operation) => operation.admin),
    classes: Array.from({ length: integer(random, 2, 4) }, () => workload(random, plain)),
    resources,
    idBase: Math.round(logUniform(random, 1_000, 5_000_000)),
    idEnd: 0,
  };
}

/** New operations of an API, for a roll-out. */
export function moreOperations(random: Random, api: Api): Operation[] {
  return operationsOf(
    random,
    api.style,
    `${api.name}${integer(random, 2, 9)}`,
    `/${word(random)}`,
    api.resources,
  )
    .filter((o) => !o.admin)
    .slice(0, 3);
}

function workload(random: Random, operations: readonly Operation[]): WorkloadClass {
  const items = operations.filter((o) => o.shape === 'item');
  const lists = operations.filter((o) => o.shape === 'list');
  const own = new Set([
    ...sample(random, items, integer(random, 1, 4)),
    ...sample(random, lists, integer(random, 1, 2)),
    ...sample(random, operations, integer(random, 1, 8)),
  ]);
  const chosen = [...own];
  return {
    operations: chosen,
    weights: chosen.map((o) => logNormal(random, o.shape === 'item' ? 2 : 0.7, 1)),
    scopes: [...new Set(chosen.map((o) => o.scope))].sort(),
  };
}

function operationsOf(
  random: Random,
  style: RouteStyle,
  api: string,
  prefix: string,
  resources: readonly Resource[],
): Operation[] {
  const make = (
    shape: Operation['shape'],
    method: string,
    route: string,
    head: string | null,
    tail: string,
    resource: Resource | null,
    scope: string,
    admin = false,
  ): Operation => ({
    method,
    route,
    pathHead: head,
    pathTail: tail,
    shape,
    resource,
    scope,
    admin,
    medianBytes: Math.round(logUniform(random, 200, shape === 'list' ? 40_000 : 6_000)),
    bytesSigma: logUniform(random, 0.2, 1.6),
    hugeShare: chance(random, 0.3) ? logUniform(random, 1e-4, 1e-2) : 0,
    medianMs: uniform(random, 4, 120),
  });
  if (style === 'audit') return auditOperations(random);
  if (style === 'cloud') {
    return cloudEvents.map(([source, event, kind]) =>
      make(
        kind === 'object' ? 'item' : kind === 'list' ? 'list' : 'action',
        'POST',
        `${source}.amazonaws.com:${event}`,
        null,
        '',
        kind === 'object' ? (resources[0] ?? null) : null,
        source,
        kind === 'admin',
      ),
    );
  }
  // Objects of GraphQL and RPC calls are named in the body, which no gateway logs.
  if (style === 'graphql') {
    return resources.flatMap((resource) => [
      make('item', 'POST', 'POST /graphql', '/graphql', '', null, `${resource.name}:read`),
      make('list', 'POST', 'POST /graphql', '/graphql', '', null, `${resource.name}:read`),
      make('action', 'POST', 'POST /graphql/admin', '/graphql/admin', '', null, 'admin', true),
    ]);
  }
  if (style === 'rpc') {
    const service = `/${api}.v1.${camel(word(random))}Service/`;
    return resources.flatMap((resource) => {
      const rpc = (verb: string) => `${service}${verb}${camel(resource.name)}`;
      return [
        make('item', 'POST', `POST ${rpc('Get')}`, rpc('Get'), '', null, `${resource.name}.read`),
        make('item', 'POST', `POST ${rpc('Update')}`, rpc('Update'), '', null, `${resource.name}.write`),
        make('list', 'POST', `POST ${rpc('List')}`, rpc('List'), '', null, `${resource.name}.read`),
        ...[word(random), word(random), word(random)].map((name) =>
          make(
            'action',
            'POST',
            `POST ${service}${camel(name)}`,
            `${service}${camel(name)}`,
            '',
            null,
            `${resource.name}.write`,
          ),
        ),
        ...['Purge', 'Grant', 'Export'].map((verb) =>
          make('action', 'POST', `POST ${rpc(verb)}`, rpc(verb), '', null, 'admin', true),
        ),
      ];
    });
  }
  return resources.flatMap((resource) => {
    const base = `${prefix}/${resource.name}`;
    const slot = resource.ids === 'uuid' ? '{uuid}' : '{int}';
    const child = word(random);
    const verbs = sample(random, actions, 3);
    return [
      make('item', 'GET', `GET ${base}/${slot}`, `${base}/`, '', resource, `${resource.name}:read`),
      make(
        'item',
        'GET',
        `GET ${base}/${slot}/${child}`,
        `${base}/`,
        `/${child}`,
        resource,
        `${resource.name}:read`,
      ),
      make('item', 'PUT', `PUT ${base}/${slot}`, `${base}/`, '', resource, `${resource.name}:write`),
      make('item', 'DELETE', `DELETE ${base}/${slot}`, `${base}/`, '', resource, `${resource.name}:write`),
      make('list', 'GET', `GET ${base}`, base, '', null, `${resource.name}:read`),
      make('action', 'POST', `POST ${base}`, base, '', null, `${resource.name}:write`),
      ...verbs.map((verb) =>
        make('action', 'POST', `POST ${base}/${verb}`, `${base}/${verb}`, '', null, `${resource.name}:write`),
      ),
      ...['users', 'roles', 'keys', 'settings', 'audit'].map((name) => {
        const path = `${prefix}/${pick(random, ['admin', 'internal', 'manage'])}/${resource.name}/${name}`;
        return make('action', 'GET', `GET ${path}`, path, '', null, 'admin', true);
      }),
    ];
  });
}

/** Every 16-bit number in hexadecimal: ids are written millions of times. */
const hex16: readonly string[] = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'));
const half = (value: number, shift: 0 | 16) => hex16[(value >>> shift) & 0xffff] as string;

/** The id of object `number` as callers write it. */
export function objectText(resource: Resource, number: number): string {
  if (resource.ids === 'number') return String(number);
  const a = mix32(number ^ resource.space);
  if (resource.ids === 'name') return `${resource.name}-${half(a, 16)}${half(a, 0)}`;
  const b = mix32(a ^ 0x9e3779b9);
  const c = mix32(b + number);
  const version = hex16[0x4000 | (b & 0x0fff)] as string;
  const variant = hex16[0x8000 | (c & 0x3fff)] as string;
  return `${half(a, 16)}${half(a, 0)}-${half(b, 16)}-${version}-${variant}-${half(c, 16)}${half(b, 0)}${half(a ^ c, 0)}`;
}
