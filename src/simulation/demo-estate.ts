import type { CredentialType } from '../../schemas/usage-event.ts';
import type { Api, Operation, Resource } from './apis.ts';
import { cloudEvents } from './names.ts';
import type { WorkloadKind } from './parameters.ts';

/** The demo's company: a small web shop, its partners, its people and its machines. */
export interface DemoCredential {
  readonly name: string;
  readonly kind: WorkloadKind;
  readonly type: CredentialType;
  readonly gateway: 'envoy' | 'kong' | 'nginx' | 'cloudtrail';
  readonly api: 'shop' | 'partners' | 'warehouse' | 'cloud';
  readonly callsPerDay: number;
  readonly owner: string;
}

const row = (
  name: string,
  kind: WorkloadKind,
  type: CredentialType,
  gateway: DemoCredential['gateway'],
  api: DemoCredential['api'],
  callsPerDay: number,
  owner = 'shop',
): DemoCredential => ({
  name,
  kind,
  type,
  gateway,
  api,
  callsPerDay,
  owner,
});

export const demoCredentials: readonly DemoCredential[] = [
  row('checkout-service', 'service', 'jwt', 'envoy', 'shop', 620),
  row('search-service', 'service', 'jwt', 'envoy', 'shop', 540),
  row('recommendations', 'service', 'jwt', 'envoy', 'shop', 380),
  row('fraud-check', 'service', 'jwt', 'envoy', 'shop', 300),
  row('billing-service', 'service', 'mtls_cert', 'envoy', 'shop', 260),
  row('shipping-worker', 'service', 'mtls_cert', 'envoy', 'shop', 240),
  row('loyalty-points', 'service', 'jwt', 'envoy', 'shop', 180),
  row('ada (support)', 'person', 'jwt', 'envoy', 'shop', 90),
  row('grace (support)', 'person', 'jwt', 'envoy', 'shop', 110),
  row('linus (returns)', 'person', 'jwt', 'envoy', 'shop', 70),
  row('margaret (finance)', 'person', 'jwt', 'envoy', 'shop', 80),
  row('alan (analyst)', 'person', 'jwt', 'envoy', 'shop', 60),
  row('katherine (buyer)', 'person', 'jwt', 'envoy', 'shop', 75),
  row('edsger (catalogue)', 'person', 'jwt', 'envoy', 'shop', 65),
  row('kestrel-logistics', 'partner', 'api_key', 'kong', 'partners', 420, 'kestrel'),
  row('plum-retail', 'partner', 'api_key', 'kong', 'partners', 340, 'plum'),
  row('oak-and-iron', 'partner', 'api_key', 'kong', 'partners', 260, 'oak'),
  row('pebble-pay', 'partner', 'api_key', 'kong', 'partners', 480, 'pebble'),
  row('lighthouse-crm', 'partner', 'api_key', 'kong', 'partners', 220, 'lighthouse'),
  row('tidal-analytics', 'batch', 'api_key', 'kong', 'partners', 300, 'tidal'),
  row('mossy-books', 'partner', 'api_key', 'kong', 'partners', 140, 'mossy'),
  row('copper-kettle', 'partner', 'api_key', 'kong', 'partners', 160, 'copper'),
  row('storefront-webhooks', 'service', 'api_key', 'kong', 'partners', 360),
  row('integration-tests', 'ci', 'api_key', 'kong', 'partners', 180),
  row('support-copilot', 'agent', 'api_key', 'kong', 'partners', 220),
  row('price-watch-agent', 'agent', 'api_key', 'kong', 'partners', 180),
  row('nightly-export', 'batch', 'api_key', 'nginx', 'warehouse', 260),
  row('invoice-mailer', 'batch', 'api_key', 'nginx', 'warehouse', 200),
  row('warehouse-sync', 'service', 'api_key', 'nginx', 'warehouse', 420),
  row('price-feed', 'service', 'api_key', 'nginx', 'warehouse', 360),
  row('label-printer', 'service', 'api_key', 'nginx', 'warehouse', 240),
  row('returns-desk', 'partner', 'api_key', 'nginx', 'warehouse', 180),
  row('forecasting', 'batch', 'api_key', 'nginx', 'warehouse', 220),
  row('stock-audit', 'batch', 'api_key', 'nginx', 'warehouse', 120),
  row('backup-job', 'batch', 'cloud_access_key', 'cloudtrail', 'cloud', 160),
  row('data-lake-reader', 'service', 'cloud_access_key', 'cloudtrail', 'cloud', 320),
  row('image-builder', 'ci', 'cloud_access_key', 'cloudtrail', 'cloud', 180),
  row('deploy-bot', 'ci', 'cloud_access_key', 'cloudtrail', 'cloud', 200),
  row('log-shipper', 'service', 'cloud_access_key', 'cloudtrail', 'cloud', 260),
  row('mail-sender', 'service', 'cloud_access_key', 'cloudtrail', 'cloud', 150),
];

function rest(
  id: DemoCredential['api'],
  host: string,
  prefix: string,
  idBase: number,
  names: readonly string[],
  extras: readonly string[],
): Api {
  const resources = names.map((name, i) => ({ name, ids: 'number' as const, space: i + 1, catalogue: 0 }));
  const make = (
    shape: Operation['shape'],
    method: string,
    tail: string,
    resource: Resource,
    bytes: number,
    admin = false,
  ): Operation => {
    const base = `${prefix}/${resource.name}`;
    const item = shape === 'item';
    return {
      method,
      route: `${method} ${item ? `${base}/{int}${tail}` : base + tail}`,
      pathHead: item ? `${base}/` : base + tail,
      pathTail: item ? tail : '',
      shape,
      resource: item ? resource : null,
      scope: admin ? 'admin' : `${resource.name}:${method === 'GET' ? 'read' : 'write'}`,
      admin,
      medianBytes: bytes,
      bytesSigma: 0.5,
      hugeShare: 0,
      medianMs: 18,
    };
  };
  const operations = resources.flatMap((resource) => [
    make('item', 'GET', '', resource, 1_800),
    make('item', 'PUT', '', resource, 400),
    make('list', 'GET', '', resource, 9_000),
    make('action', 'POST', '', resource, 300),
    ...extras.map((extra) => make('action', 'POST', extra, resource, 700)),
  ]);
  const admin = resources.flatMap((resource) =>
    ['/permissions', '/api-keys', '/export-all', '/audit'].map((tail) =>
      make('action', 'GET', tail, resource, 2_500, true),
    ),
  );
  return api(id, host, 'rest', idBase, resources, operations, admin);
}

function api(
  id: DemoCredential['api'],
  host: string,
  style: Api['style'],
  idBase: number,
  resources: readonly Resource[],
  operations: readonly Operation[],
  admin: readonly Operation[],
): Api {
  const third = (n: number) => operations.filter((_, i) => i % 3 !== n);
  return {
    id,
    name: id,
    host,
    style,
    cursors: false,
    operations,
    admin,
    classes: [0, 1, 2].map((n) => ({
      operations: third(n),
      weights: third(n).map((o) => (o.shape === 'item' ? 6 : o.shape === 'list' ? 1 : 2)),
      scopes: [...new Set(third(n).map((o) => o.scope))].sort(),
    })),
    resources,
    idBase,
    idEnd: idBase + 500_000,
  };
}

function cloud(): Api {
  const bucket: Resource = { name: 'backup', ids: 'name', space: 77, catalogue: 0 };
  const operations = cloudEvents.map(
    ([source, event, kind]): Operation => ({
      method: 'POST',
      route: `${source}.amazonaws.com:${event}`,
      pathHead: null,
      pathTail: '',
      shape: kind === 'object' ? 'item' : kind === 'list' ? 'list' : 'action',
      resource: kind === 'object' ? bucket : null,
      scope: source,
      admin: kind === 'admin',
      medianBytes: 1_200,
      bytesSigma: 0.5,
      hugeShare: 0,
      medianMs: 30,
    }),
  );
  return api(
    'cloud',
    'amazonaws.com',
    'cloud',
    1_000,
    [bucket],
    operations.filter((o) => !o.admin).slice(0, 24),
    operations.filter((o) => o.admin),
  );
}

export function demoApis(): Api[] {
  return [
    rest(
      'shop',
      'api.greenleaf.example',
      '/v2',
      40_000,
      ['orders', 'customers', 'invoices', 'carts'],
      ['/search'],
    ),
    rest(
      'partners',
      'partners.greenleaf.example',
      '/v1',
      700_000,
      ['shipments', 'products', 'payouts'],
      ['/quote'],
    ),
    rest(
      'warehouse',
      'warehouse.greenleaf.example',
      '/api',
      9_000,
      ['items', 'bins', 'deliveries'],
      ['/count', '/label'],
    ),
    cloud(),
  ];
}
