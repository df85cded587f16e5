import type { Call, Credential, Slot, Token } from '../credential.ts';
import { pick, uniform } from '../distributions.ts';
import { hex } from '../event.ts';
import { anyOwnObject } from '../objects.ts';
import type { Scenario, Stage } from '../scenario.ts';
import {
  dayMs,
  elsewhere,
  heldToken,
  inside,
  minuteMs,
  paced,
  scattered,
  successful,
  thief,
  usual,
  whenLevel,
} from './kit.ts';

const hasTokens = (target: Credential) =>
  target.tokenLifetimeMs >= 900_000 && target.gateway.logsToken && target.type !== 'cloud_access_key';

function usualCall(
  stage: Stage,
  target: Credential,
  place: Slot,
  timeMs: number,
  extra: Call['extra'] = null,
): Call {
  const operation = usual(target, stage.random);
  const object =
    operation.shape === 'item' ? anyOwnObject(target, stage.random, timeMs - stage.fleet.startMs) : -1;
  return successful(stage.random, place, operation, object, extra);
}

export const tokenReplay: Scenario<'token-replay'> = {
  id: 'token-replay',
  number: 5,
  description: "The owner's very token is used elsewhere while the owner goes on using it.",
  family: 'replay',
  group: 'token-misuse',
  fits: hasTokens,
  plan(stage, target, startMs) {
    const { random } = stage;
    const from = whenLevel(target, startMs, (level) => level > 0.6);
    const place = thief(stage, target, startMs, { client: pick(random, ['same', 'tool'] as const) });
    const held = heldToken(target, random);
    const begin = from + uniform(random, 20, 50) * minuteMs;
    const times = paced(random, begin, uniform(random, 1, 120) * 1_000, pick(random, [1, 3, 10]));
    const call = (at: number, where: Slot): Call => {
      where.token = held(at);
      where.template = null;
      return usualCall(stage, target, where, at);
    };
    const span = Math.max(2 * minuteMs, (times[times.length - 1] as number) - begin);
    const owners = scattered(random, begin - span / 2, span * 2, times.length + 3);
    return {
      activities: [
        { target, times, make: (at) => call(at, place) },
        // The owner is at work all the while, with the same token.
        { target, own: true, times: owners, make: (at) => call(at, inside(target, at, random)) },
      ],
    };
  },
};

export const proofReplay: Scenario<'proof-replay'> = {
  id: 'proof-replay',
  number: 6,
  description: 'A DPoP proof is recorded and presented again to the same URI, inside or after its window.',
  family: 'replay',
  group: 'token-misuse',
  violation: true,
  fits: (target) => target.boundKey !== null && target.type === 'jwt',
  plan(stage, target, startMs) {
    const { random } = stage;
    const place = thief(stage, target, startMs, { client: 'same' });
    const proofId = `proof-${hex(random)}`;
    const held = heldToken(target, random);
    let recorded: Call | null = null;
    const record = (at: number): Call => {
      const own = inside(target, at, random);
      own.token = held(at);
      own.template = null;
      recorded ??= usualCall(stage, target, own, at, { proofId });
      return recorded;
    };
    return {
      activities: [
        { target, own: true, times: [startMs], make: record },
        {
          target,
          times: [startMs + pick(random, [20, 100, 900]) * 1_000],
          make: (at) => {
            const call = record(at);
            place.token = call.slot.token;
            place.template = null;
            return { ...call, slot: place };
          },
        },
      ],
    };
  },
};

export const senderMismatch: Scenario<'sender-mismatch'> = {
  id: 'sender-mismatch',
  number: 7,
  description: 'A token bound to a key is accepted although another key, or none, was presented.',
  family: 'replay',
  group: 'token-misuse',
  violation: true,
  fits: (target) => target.boundKey !== null && target.type === 'jwt',
  plan(stage, target, startMs) {
    const { random } = stage;
    const place = thief(stage, target, startMs, { client: 'tool' });
    const presentedKey = random.next() < 0.5 ? null : `jkt-${hex(random)}${hex(random)}`;
    const extra = {
      presentedKey,
      authScheme: presentedKey === null ? 'bearer' : 'dpop',
      ...(presentedKey === null ? { proofId: null } : {}),
    };
    return {
      activities: [
        {
          target,
          times: [startMs],
          make: (at) => {
            place.token = inside(target, at, random).token;
            place.template = null;
            return usualCall(stage, target, place, at, extra);
          },
        },
      ],
    };
  },
};

export const refreshFork: Scenario<'refresh-fork'> = {
  id: 'refresh-fork',
  number: 10,
  description: 'One refresh token has two children: owner and thief both refreshed with it.',
  family: 'replay',
  group: 'token-misuse',
  fits: (target) => target.type === 'session' && target.gateway.logsToken,
  plan(stage, target, startMs) {
    const { random } = stage;
    const from = whenLevel(target, startMs, (level) => level > 0.5);
    const own = target.slots[0] as Slot;
    const place = elsewhere(
      stage,
      thief(stage, target, startMs, { network: 'isp' }).network,
      own.client,
      startMs,
    );
    const id = `${hex(random)}-${hex(random)}`;
    const parent = `rt-${hex(random)}`;
    let children: { readonly owner: Token; readonly thief: Token } | null = null;
    const child = (whose: 'owner' | 'thief', at: number): Token | null => {
      const held = inside(target, at, random).token;
      if (children === null && held !== null) {
        const parentId = held.parentId ?? parent;
        const expiresAtMs = Math.floor(at) + Math.max(target.tokenLifetimeMs, dayMs / 4);
        children = {
          owner: { ...held, parentId, expiresAtMs },
          thief: { ...held, id, parentId, issuedAtMs: Math.floor(at), expiresAtMs },
        };
      }
      return children?.[whose] ?? null;
    };
    const call = (at: number, where: Slot, whose: 'owner' | 'thief'): Call => {
      where.token = child(whose, at);
      where.template = null;
      return usualCall(stage, target, where, at);
    };
    return {
      activities: [
        { target, times: paced(random, from, 10 * minuteMs, 8, 0.6), make: (at) => call(at, place, 'thief') },
        // The owner's next token comes from the same refresh token.
        {
          target,
          own: true,
          times: paced(random, from, 15 * minuteMs, 5, 0.6),
          make: (at) => call(at, inside(target, at, random), 'owner'),
        },
      ],
    };
  },
};
