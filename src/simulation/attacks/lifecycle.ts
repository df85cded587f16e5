import type { UsageEvent } from '../../../schemas/usage-event.ts';
import type { Credential, Slot } from '../credential.ts';
import { integer, pick, uniform } from '../distributions.ts';
import { anyOwnObject } from '../objects.ts';
import type { Plan, Scenario, Stage } from '../scenario.ts';
import { dayMs, hourMs, inside, minuteMs, scattered, successful, thief, usual, usualCalls } from './kit.ts';

const hasTokens = (target: Credential) => target.tokenLifetimeMs > 0 && target.gateway.logsToken;

/** A few of the holder's usual calls that carry what should have been refused. */
function accepted(
  stage: Stage,
  target: Credential,
  times: readonly number[],
  place: Slot | null,
  extra: (at: number, from: Slot) => Partial<UsageEvent>,
): Plan {
  const { random } = stage;
  return {
    activities: [
      {
        target,
        times,
        make: (at) => {
          const from = place ?? inside(target, at, random);
          const operation = usual(target, random);
          const object =
            operation.shape === 'item' ? anyOwnObject(target, random, at - stage.fleet.startMs) : -1;
          return successful(random, from, operation, object, extra(at, from));
        },
      },
    ],
  };
}

export const revokedAccepted: Scenario<'revoked-accepted'> = {
  id: 'revoked-accepted',
  number: 30,
  description: 'A revoked key is refused by one gateway and still accepted by another.',
  family: 'lifecycle',
  alsoFamilies: ['replay'],
  group: 'lifecycle',
  violation: true,
  fits: (target) => target.type === 'api_key',
  plan(stage, target, startMs) {
    const { random } = stage;
    const place = thief(stage, target, startMs, { client: 'tool' });
    const revokedAt = startMs - uniform(random, 1, 20) * hourMs;
    const count = pick(random, [1, 10]);
    const times = [startMs, ...scattered(random, startMs + minuteMs, hourMs, count)];
    // What is accepted is the point.
    const calls = usualCalls({ ...stage, mistakes: 0 }, target, times, place);
    return {
      activities: [
        {
          ...calls,
          make: (at, i) => {
            const call = calls.make(at, i);
            return i > 0 ? call : { ...call, status: 401, bytes: 90, extra: { errorType: 'key_revoked' } };
          },
        },
      ],
      mutes: [{ target, interval: { startMs: revokedAt, endMs: stage.fleet.endMs + dayMs } }],
      revocations: [{ credentialId: target.id, tokenId: null, atMs: revokedAt }],
    };
  },
};

export const expiredAccepted: Scenario<'expired-accepted'> = {
  id: 'expired-accepted',
  number: 31,
  description: 'A token is accepted long after it expired.',
  family: 'lifecycle',
  group: 'lifecycle',
  violation: true,
  fits: hasTokens,
  plan(stage, target, startMs) {
    const late = uniform(stage.random, 10 * minuteMs, dayMs);
    const times = scattered(stage.random, startMs, hourMs, integer(stage.random, 1, 3));
    return accepted(stage, target, times, null, (at) => ({
      tokenExpiresAtMs: Math.floor(at - late),
      tokenIssuedAtMs: Math.floor(at - late - target.tokenLifetimeMs),
    }));
  },
};

export const wrongAudience: Scenario<'wrong-audience'> = {
  id: 'wrong-audience',
  number: 42,
  description: 'A token issued for another service is accepted.',
  family: 'lifecycle',
  group: 'lifecycle',
  violation: true,
  fits: (target, fleet) => hasTokens(target) && fleet.apis.length > 1,
  plan(stage, target, startMs) {
    const other = stage.fleet.apis.find((api) => api !== target.api);
    if (other === undefined) return null;
    const times = scattered(stage.random, startMs, hourMs, integer(stage.random, 1, 3));
    return accepted(stage, target, times, null, () => ({ tokenAudience: [other.host] }));
  },
};

export const secretInUrl: Scenario<'secret-in-url'> = {
  id: 'secret-in-url',
  number: 43,
  description: 'The credential travels in the query of the URL, where proxies and histories keep it.',
  family: 'lifecycle',
  group: 'lifecycle',
  violation: true,
  fits: (target) => target.type === 'api_key' && target.api.style !== 'cloud',
  plan(stage, target, startMs) {
    const times = scattered(stage.random, startMs, hourMs, 4);
    const name = pick(stage.random, ['api_key', 'apikey', 'access_token', 'token']);
    return accepted(stage, target, times, null, () => ({ queryKeys: [name], secretQueryKeys: [name] }));
  },
};

export const environmentCrossing: Scenario<'environment-crossing'> = {
  id: 'environment-crossing',
  number: 44,
  description: 'A production credential turns up in the sandbox, or the other way round.',
  family: 'lifecycle',
  group: 'lifecycle',
  fits: (target) => target.kind !== 'person',
  plan(stage, target, startMs) {
    const times = scattered(stage.random, startMs, hourMs, integer(stage.random, 3, 10));
    return accepted(stage, target, times, null, () => ({ environment: 'sandbox' }));
  },
};

export const decoyUsed: Scenario<'decoy-used'> = {
  id: 'decoy-used',
  number: 45,
  description: 'A credential planted as bait, that nobody has any reason to use, is used.',
  family: 'lifecycle',
  alsoFamilies: ['replay'],
  group: 'lifecycle',
  violation: true,
  fits: (target) => target.type === 'api_key',
  plan(stage, target, startMs) {
    const { fleet, random } = stage;
    const place = thief(stage, target, startMs, { client: 'tool' });
    return {
      activities: [
        usualCalls({ ...stage, mistakes: 0 }, target, scattered(random, startMs, hourMs, 2), place),
      ],
      mutes: [{ target, interval: { startMs: fleet.startMs - dayMs, endMs: fleet.endMs + dayMs } }],
      decoys: [target],
    };
  },
};

export const sharedKey: Scenario<'shared-key'> = {
  id: 'shared-key',
  number: 33,
  description: 'Five more workloads start to use one key, and stay.',
  family: 'lifecycle',
  alsoFamilies: ['replay'],
  group: 'lifecycle',
  fits: (target) => target.kind === 'service' && target.slots.every((each) => each.pool === null),
  plan(stage, target, startMs) {
    const { random, fleet } = stage;
    const days = Math.min(6, (fleet.endMs - startMs) / dayMs);
    const perDay = Math.min(150, Math.max(10, target.ratePerHour * 6));
    return {
      activities: Array.from({ length: 5 }, () =>
        usualCalls(
          stage,
          target,
          scattered(random, startMs, days * dayMs, Math.ceil(perDay * days)),
          thief(stage, target, startMs, { client: 'other' }),
        ),
      ),
    };
  },
};
