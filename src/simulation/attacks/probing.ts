import type { Operation } from '../apis.ts';
import { logUniform, pick } from '../distributions.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { plainCall } from '../traffic.ts';
import { hourMs, inside, strong, within } from './kit.ts';

/** Operations the credential never uses, of any workload, the administrators' too. */
export function strange(own: readonly Operation[], all: readonly Operation[]): Operation[] {
  const known = new Set(own.map((operation) => operation.route));
  return all.filter((operation) => !known.has(operation.route));
}

function visit(stage: Stage, operation: Operation, status: number, place: Parameters<typeof plainCall>[1]) {
  const object = operation.shape === 'item' ? Math.floor(stage.random.next() * 1e6) : -1;
  return plainCall(stage.random, place, operation, object, -1, status, 1);
}

export const permissionProbing: Scenario<'permission-probing'> = {
  id: 'permission-probing',
  number: 20,
  description: 'Forty routes the credential never used are tried; most are refused.',
  family: 'out-of-pattern',
  group: 'probing',
  fits: (target) => target.api.style !== 'graphql',
  plan(stage, target, startMs) {
    const { random } = stage;
    const routes = strange(target.operations, [...target.api.operations, ...target.api.admin]);
    if (routes.length < 4) return null;
    const times = within(stage, startMs, hourMs, strong(stage, Math.round(logUniform(random, 8, 90))));
    return {
      activities: [
        {
          target,
          times,
          make: (at) =>
            visit(stage, pick(random, routes), random.next() < 0.85 ? 403 : 200, inside(target, at, random)),
        },
      ],
    };
  },
};

export const adminRoutes: Scenario<'admin-routes'> = {
  id: 'admin-routes',
  number: 21,
  description: "Three administrators' routes are called from the own application, and answer.",
  family: 'out-of-pattern',
  group: 'probing',
  fits: (target) => target.api.admin.length >= 3,
  plan(stage, target, startMs) {
    const { random } = stage;
    const routes = [
      pick(random, target.api.admin),
      pick(random, target.api.admin),
      pick(random, target.api.admin),
    ];
    const times = within(stage, startMs, hourMs, Math.max(3, strong(stage, 12)));
    return {
      activities: [
        {
          target,
          times,
          make: (at, i) => visit(stage, routes[i % 3] as Operation, 200, inside(target, at, random)),
        },
      ],
    };
  },
};

export const scopeEscalation: Scenario<'scope-escalation'> = {
  id: 'scope-escalation',
  number: 34,
  description: 'A scope that was granted but never used is used for the first time, twice.',
  family: 'out-of-pattern',
  group: 'probing',
  fits: (target) => target.tokenLifetimeMs > 0 && target.api.style === 'rest',
  plan(stage, target, startMs) {
    const { random } = stage;
    const fresh = target.api.operations.filter((operation) => !target.scopes.includes(operation.scope));
    const pool = fresh.length > 0 ? fresh : target.api.admin;
    if (pool.length === 0) return null;
    const operation = pick(random, pool);
    const scopes = [...target.scopes, operation.scope].sort();
    const times = within(stage, startMs, hourMs / 4, 2);
    const extra = target.gateway.logsToken ? { tokenScopes: scopes } : null;
    return {
      activities: [
        {
          target,
          times,
          make: (at) => ({ ...visit(stage, operation, 200, inside(target, at, random)), extra }),
        },
      ],
    };
  },
};
